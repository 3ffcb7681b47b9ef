// multiImage.mjs REGISTRY FROM TAG TO - makes REGISTRY/TO:1 of the image FROM:TAG of the same registry: an index for
// amd64 and arm64 whose images share their layers. The one for arm64 is only said to be: nothing of it is run.
import { createHash } from 'node:crypto';

const [registry, from, tag, to] = process.argv.slice(2);
const base = `http://${registry}/v2`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

async function ask(url, options = {}) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${answer.status} from ${url}: ${await answer.text()}`);
  return answer;
}
async function upload(bytes) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const started = await ask(`${base}/${to}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(started.headers.get('location'), base);
  place.searchParams.set('digest', digest);
  await ask(place, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/octet-stream' } });
  return { digest, size: bytes.byteLength };
}
async function put(document, reference) {
  const body = JSON.stringify(document);
  const headers = { 'content-type': document.mediaType };
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  await ask(`${base}/${to}/manifests/${reference ?? digest}`, { method: 'PUT', body, headers });
  return { mediaType: document.mediaType, digest, size: Buffer.byteLength(body) };
}

const manifest = await (
  await ask(`${base}/${from}/manifests/${tag}`, { headers: { accept: manifestType } })
).json();
for (const { digest } of manifest.layers) {
  await ask(`${base}/${to}/blobs/uploads/?mount=${digest}&from=${from}`, { method: 'POST' });
}
const config = await (await ask(`${base}/${from}/blobs/${manifest.config.digest}`)).json();
const manifests = [];
for (const architecture of ['amd64', 'arm64']) {
  const own = await upload(Buffer.from(JSON.stringify({ ...config, architecture })));
  const made = await put({ ...manifest, mediaType: manifestType, config: { ...manifest.config, ...own } });
  manifests.push({ ...made, platform: { architecture, os: 'linux' } });
}
await put({ schemaVersion: 2, mediaType: indexType, manifests }, '1');
