// specRegistry.mjs PORT - a read-only registry that follows the OCI distribution specification 1.1 where Debian's
// docker-registry 2.8.2 does not: lists in pages (n, last, Link) and referrers (artifactType, OCI-Filters-Applied, pages).
// Written for the tests; every byte that it serves is made here, the same every time, under its real digest.
//   many/tags          5,000 tags, each an image of its own        demo/multi:1    an index of three platforms
//   demo/signed:1      an image with signatures, SBOMs, statements demo/old:1      the same, found by tags alone
//   team-NN/tool-NNN   2,500 repositories
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const port = Number(process.argv[2]);
const pageLimit = 1000;
const referrersPage = 3;

const oci = 'application/vnd.oci.image';
const manifestType = `${oci}.manifest.v1+json`;
const indexType = `${oci}.index.v1+json`;
const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Name → { blobs, manifests: digest → { bytes, type, subject }, tags: name → digest }. */
const repositories = new Map();
function repository(name) {
  const made = repositories.get(name) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
  repositories.set(name, made);
  return made;
}
function addBlob(repo, bytes, mediaType) {
  const digest = digestOf(bytes);
  repo.blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.byteLength };
}
function addManifest(repo, document, tag) {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = digestOf(bytes);
  repo.manifests.set(digest, { bytes, document });
  if (tag !== undefined) repo.tags.set(tag, digest);
  return { mediaType: document.mediaType, digest, size: bytes.byteLength };
}

/** A layer with one file: a tar of one entry (POSIX ustar), compressed. */
function layerOf(path, text) {
  const body = Buffer.from(text);
  const header = Buffer.alloc(512);
  const write = (at, value) => header.write(value, at, 'latin1');
  write(0, path);
  write(100, '0000644\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  write(124, `${body.byteLength.toString(8).padStart(11, '0')}\0`);
  write(136, '00000000000\0');
  write(148, '        ');
  write(156, '0');
  write(257, 'ustar\0');
  write(263, '00');
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  const padding = Buffer.alloc((512 - (body.byteLength % 512)) % 512);
  const tar = Buffer.concat([header, body, padding, Buffer.alloc(1024)]);
  return { tar, bytes: gzipSync(tar, { level: 9 }) };
}

function addImage(repo, { architecture, variant, created, layers, labels = {} }, tag) {
  const made = layers.map(([path, text]) => layerOf(path, text));
  const history = layers.flatMap(([path], index) => [
    { created, created_by: `COPY ${path} /${path} # buildkit`, comment: 'buildkit.dockerfile.v0' },
    ...(index === 0 ? [{ created, created_by: 'ENV STAGE=test', empty_layer: true }] : []),
  ]);
  const config = {
    created,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    os: 'linux',
    config: {
      Env: ['PATH=/usr/bin:/bin', 'STAGE=test'],
      Entrypoint: ['/bin/tool'],
      Cmd: ['--help'],
      User: '1000:1000',
      WorkingDir: '/data',
      Labels: labels,
    },
    rootfs: { type: 'layers', diff_ids: made.map(({ tar }) => digestOf(tar)) },
    history,
  };
  const document = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: addBlob(repo, Buffer.from(JSON.stringify(config)), `${oci}.config.v1+json`),
    layers: made.map(({ bytes }) => addBlob(repo, bytes, `${oci}.layer.v1.tar+gzip`)),
    annotations: { 'org.opencontainers.image.source': 'https://example.org/source' },
  };
  return addManifest(repo, document, tag);
}

/** An artifact that points at `subject`: image-spec, manifest.md, "Guidelines for Artifact Usage". */
function addArtifact(repo, { artifactType, text, subject, annotations = {} }, tag) {
  const document = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType,
    config: addBlob(repo, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json'),
    layers: [addBlob(repo, Buffer.from(text), artifactType)],
    ...(subject === undefined ? {} : { subject }),
    annotations,
  };
  return { ...addManifest(repo, document, tag), artifactType, annotations };
}

const day = (number) => new Date(Date.UTC(2024, 0, 1 + number)).toISOString();
const many = repository('many/tags');
for (let number = 0; number < 5000; number += 1) {
  const version = `${Math.floor(number / 100)}.${number % 100}.0`;
  const image = { architecture: 'amd64', created: day(number), layers: [['version', version]] };
  addImage(many, image, version);
}

const multi = repository('demo/multi');
const platforms = [
  { architecture: 'amd64' },
  { architecture: 'arm64', variant: 'v8' },
  { architecture: 'arm', variant: 'v7' },
].map((platform) => {
  const layers = [
    ['bin/tool', `tool for ${platform.architecture}`],
    ['data/table', 'x'.repeat(3000)],
  ];
  const labels = { 'org.opencontainers.image.title': 'multi', 'org.example.for': platform.architecture };
  return {
    ...addImage(multi, { ...platform, created: day(1), layers, labels }),
    platform: { ...platform, os: 'linux' },
  };
});
const statement = addArtifact(multi, { artifactType: 'application/vnd.in-toto+json', text: '{}' });
addManifest(
  multi,
  {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      ...platforms,
      {
        mediaType: manifestType,
        digest: statement.digest,
        size: statement.size,
        platform: { architecture: 'unknown', os: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': platforms[0].digest,
        },
      },
    ],
  },
  '1',
);

const artifacts = [
  { artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json', text: 'signature' },
  { artifactType: 'application/vnd.cncf.notary.signature', text: 'notary' },
  { artifactType: 'application/spdx+json', text: '{"spdxVersion":"SPDX-2.3"}' },
  { artifactType: 'application/vnd.cyclonedx+json', text: '{"bomFormat":"CycloneDX"}' },
  { artifactType: 'application/vnd.in-toto+json', text: '{}' },
  {
    artifactType: 'application/vnd.example.note',
    text: 'a note',
    annotations: { 'org.example.note': 'hello' },
  },
  {
    artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    text: '{"bundle":1}',
    annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope' },
  },
];
const image = { architecture: 'amd64', created: day(2), layers: [['bin/tool', 'signed']] };
const signed = repository('demo/signed');
const subject = addImage(signed, image, '1');
for (const artifact of artifacts) addArtifact(signed, { ...artifact, subject });

// As before 1.1: nothing under referrers, but an index under the tag of the digest, and cosign's tags.
const old = repository('demo/old');
const oldSubject = addImage(old, image, '1');
const tagOf = oldSubject.digest.replace(':', '-');
addManifest(
  old,
  {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: artifacts.slice(2, 4).map((one) => addArtifact(old, one)),
  },
  tagOf,
);
addArtifact(old, artifacts[0], `${tagOf}.sig`);

for (let number = 0; number < 2500; number += 1) {
  const team = String(Math.floor(number / 100)).padStart(2, '0');
  const shared = repository(`team-${team}/tool-${String(number % 100).padStart(3, '0')}`);
  shared.blobs = signed.blobs;
  shared.manifests = signed.manifests;
  shared.tags.set('latest', subject.digest);
}

function send(response, status, body, headers = {}) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = headers['content-type'] ?? 'application/json';
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': bytes.byteLength });
  response.end(bytes); // node leaves the body of an answer to HEAD out
}
function refuse(response, status, code) {
  send(response, status, { errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] });
}

/** "Listing Tags": in order, after `last`, `n` at most, with a Link where more follow. */
function sendNames(response, url, { key, names, more }) {
  const asked = url.searchParams.get('n');
  const limit = Math.min(asked === null ? pageLimit : Number(asked), pageLimit);
  const last = url.searchParams.get('last') ?? '';
  const rest = names.filter((name) => name > last).sort();
  const page = rest.slice(0, limit);
  const next = `${url.pathname}?n=${limit}&last=${encodeURIComponent(page.at(-1) ?? '')}`;
  const headers = page.length > 0 && page.length < rest.length ? { link: `<${next}>; rel="next"` } : {};
  send(response, 200, { ...more, [key]: page }, headers);
}

function sendReferrers(response, url, { repo, digest }) {
  const filter = url.searchParams.get('artifactType');
  const from = Number(url.searchParams.get('from') ?? 0);
  const all = [...repo.manifests]
    .filter(([, { document }]) => document.subject?.digest === digest)
    .map(([own, { bytes, document }]) => ({
      mediaType: document.mediaType,
      digest: own,
      size: bytes.byteLength,
      artifactType: document.artifactType,
      annotations: document.annotations,
    }))
    .filter(({ artifactType }) => filter === null || artifactType === filter);
  const next = new URLSearchParams({
    from: `${from + referrersPage}`,
    ...(filter && { artifactType: filter }),
  });
  send(
    response,
    200,
    { schemaVersion: 2, mediaType: indexType, manifests: all.slice(from, from + referrersPage) },
    {
      'content-type': indexType,
      ...(filter === null ? {} : { 'oci-filters-applied': 'artifactType' }),
      ...(from + referrersPage < all.length ? { link: `<${url.pathname}?${next}>; rel="next"` } : {}),
    },
  );
}

function serve(request, response) {
  const url = new URL(request.url, 'http://registry');
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'UNSUPPORTED');
  if (url.pathname === '/v2/') return send(response, 200, {});
  if (url.pathname === '/v2/_catalog')
    return sendNames(response, url, { key: 'repositories', names: [...repositories.keys()], more: {} });
  const found = /^\/v2\/(.+)\/(tags|manifests|blobs|referrers)\/([^/]+)$/.exec(url.pathname);
  const [, name, kind, what] = found ?? [];
  const repo = repositories.get(name);
  if (repo === undefined) return refuse(response, 404, 'NAME_UNKNOWN');
  if (kind === 'tags')
    return sendNames(response, url, { key: 'tags', names: [...repo.tags.keys()], more: { name } });
  if (kind === 'referrers')
    return repo === old
      ? refuse(response, 404, 'NOT_FOUND')
      : sendReferrers(response, url, { repo, digest: what });
  if (kind === 'manifests') {
    const digest = repo.tags.get(what) ?? what;
    const manifest = repo.manifests.get(digest);
    if (manifest === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN');
    const headers = { 'content-type': manifest.document.mediaType, 'docker-content-digest': digest };
    return send(response, 200, manifest.bytes, headers);
  }
  const blob = repo.blobs.get(what);
  if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN');
  const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': what };
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from === 0 || from >= blob.byteLength) return send(response, 200, blob, headers);
  const range = `bytes ${from}-${blob.byteLength - 1}/${blob.byteLength}`;
  return send(response, 206, blob.subarray(from), { ...headers, 'content-range': range });
}

createServer(serve).listen(port, '127.0.0.1');
