import { registryIdSchema } from '#core/contract/ids.ts';
import type { ImageFacts, RegistryAccess, Repository, Tag } from '#core/contract/registries.ts';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';

function sample(id: string, kind: RegistryKind, address: string, label: string): RegistrySettings {
  return {
    id: registryIdSchema.parse(id),
    label,
    kind,
    address,
    allowHttp: false,
    mirrors: [],
    apiUrl: null,
    s3: null,
  };
}

/** Registries of several kinds, for tests. */
export const sampleRegistries: readonly RegistrySettings[] = [
  sample('hub', 'docker-hub', 'index.docker.io', 'Docker Hub'),
  {
    ...sample('lab', 'oci', 'registry.lab.example.org:5000', 'Lab registry'),
    mirrors: ['mirror.lab.example.org:5000/cache'],
  },
  sample('ghcr', 'ghcr', 'ghcr.io', 'GitHub Packages'),
  sample('cvmfs', 'folder', '/cvmfs/images.example.org', 'Unpacked images'),
];

/** An entry of a list, for tests. */
export function sampleRepository(name: string, change: Partial<Repository> = {}): Repository {
  return {
    name,
    kind: 'repository',
    reference: null,
    description: null,
    sizeBytes: null,
    updatedAt: null,
    stars: null,
    pulls: null,
    isOfficial: false,
    ...change,
  };
}

/** A tag of a list that tells only names, for tests. */
export function sampleTag(name: string, change: Partial<Tag> = {}): Tag {
  return { name, digest: null, updatedAt: null, sizeBytes: null, architectures: [], ...change };
}

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

/** An image of three layers in an index of two architectures, for tests; its maker wrote hostile text into a label. */
export const imageFacts: ImageFacts = {
  reference: 'docker://registry.lab.example.org:5000/demo/python:3.12',
  byDigest: `docker://registry.lab.example.org:5000/demo/python@${digestOf('a')}`,
  registry: 'registry.lab.example.org:5000',
  repository: 'demo/python',
  tag: '3.12',
  digest: digestOf('a'),
  holds: 'container',
  holdsText: null,
  platforms: [
    { architecture: 'amd64', os: 'linux', digest: digestOf('b'), sizeBytes: 48_000_000 },
    { architecture: 'arm64', os: 'linux', digest: digestOf('c'), sizeBytes: null },
  ],
  manifest: {
    digest: digestOf('b'),
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: null,
    architecture: 'amd64',
    os: 'linux',
    sizeBytes: 48_000_000,
    createdAt: Date.UTC(2026, 9, 3, 12),
    layers: [
      {
        digest: digestOf('1'),
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        sizeBytes: 29_000_000,
      },
      {
        digest: digestOf('2'),
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        sizeBytes: 3_500_000,
      },
      {
        digest: digestOf('3'),
        mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
        sizeBytes: 15_500_000,
      },
    ],
    history: [
      {
        layer: 0,
        createdAt: Date.UTC(2026, 9, 1),
        createdBy: '# debian.sh --arch amd64 out/ bookworm',
        comment: 'debuerreotype 0.15',
      },
      {
        layer: null,
        createdAt: Date.UTC(2026, 9, 3),
        createdBy: 'ENV PATH=/usr/local/bin:/usr/bin:/bin',
        comment: 'buildkit.dockerfile.v0',
      },
      {
        layer: 1,
        createdAt: Date.UTC(2026, 9, 3),
        createdBy: 'RUN /bin/sh -c apt-get update; apt-get install -y ca-certificates tzdata # buildkit',
        comment: 'buildkit.dockerfile.v0',
      },
      {
        layer: 2,
        createdAt: Date.UTC(2026, 9, 3),
        createdBy: 'RUN /bin/sh -c make -j4 && make install && python3 --version # buildkit',
        comment: 'buildkit.dockerfile.v0',
      },
      {
        layer: null,
        createdAt: Date.UTC(2026, 9, 3),
        createdBy: '/bin/sh -c #(nop)  CMD ["python3"]',
        comment: '',
      },
    ],
    labels: [
      { name: 'org.opencontainers.image.source', value: 'https://git.example.org/lab/python' },
      { name: 'maintainer', value: 'lab\u202egpj.exe' },
    ],
    annotations: [{ name: 'org.opencontainers.image.version', value: '3.12' }],
    environment: ['PATH=/usr/local/bin:/usr/bin:/bin', 'PYTHON_VERSION=3.12.7'],
    entrypoint: ['/entry.sh'],
    command: ['python3', '-c', 'print("hello")'],
    workingFolder: '/work',
    user: '1000',
  },
  referrers: [
    {
      digest: digestOf('d'),
      artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
      kind: 'signature',
      sizeBytes: 812,
      annotations: [],
    },
    {
      digest: digestOf('e'),
      artifactType: 'application/spdx+json',
      kind: 'sbom',
      sizeBytes: 84_211,
      annotations: [{ name: 'org.opencontainers.image.created', value: '2026-10-03T12:00:00Z' }],
    },
  ],
  referrersNote: 'Told by the registry’s referrers API.',
  rate: null,
  note: null,
};

/** Nobody is signed in, and there is no keychain; for tests. */
export function sampleAccess(change: Partial<RegistryAccess> = {}): RegistryAccess {
  return {
    registry: 'registry.lab.example.org:5000',
    source: { type: 'none' },
    userName: null,
    lastSuccess: null,
    lastRefusal: null,
    rate: null,
    runtime: 'Apptainer would ask without credentials.',
    problems: [],
    keychain: { isAvailable: false, text: 'no secret service answers on this machine.' },
    ...change,
  };
}
