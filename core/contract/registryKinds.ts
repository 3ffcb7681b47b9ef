// Without schemas: the page's first picture needs these tables.

/** What speaks to us: each has an adapter in `core/registry/adapters`. */
export const registryKinds = [
  'oci',
  'docker-hub',
  'ghcr',
  'quay',
  'ngc',
  'gitlab',
  'harbor',
  'library',
  'shub',
  'shpc',
  'folder',
  'web',
  's3',
] as const;
export type RegistryKind = (typeof registryKinds)[number];

/** Where a registry is, and what it speaks. */
export interface RegistryPlace {
  readonly kind: RegistryKind;
  readonly address: string;
}

/** What can be done with a kind of registry. The page shows no button for what is not here. */
export interface RegistryAbilities {
  /** Whether it lists what it has without a search term. */
  readonly lists: boolean;
  readonly searches: boolean;
  /** Whether its list of tags tells sizes and times; elsewhere they are asked for as they come into view. */
  readonly tagsHaveFacts: boolean;
  /** SIFs can be pushed to it with ORAS. */
  readonly takesPushes: boolean;
  /** Entries are folders and files, not repositories and tags. */
  readonly isTree: boolean;
  /** Mirrors may stand before it. */
  readonly hasMirrors: boolean;
  readonly signsIn: boolean;
  /** False for services that we could only build from their documentation. */
  readonly wasRun: boolean;
}

const none: RegistryAbilities = {
  lists: false,
  searches: false,
  tagsHaveFacts: false,
  takesPushes: false,
  isTree: false,
  hasMirrors: false,
  signsIn: true,
  wasRun: false,
};
const distribution: RegistryAbilities = { ...none, takesPushes: true, hasMirrors: true };

const abilities: Readonly<Record<RegistryKind, RegistryAbilities>> = {
  oci: { ...distribution, lists: true, searches: true, wasRun: true },
  'docker-hub': { ...distribution, searches: true, tagsHaveFacts: true },
  ghcr: distribution,
  quay: { ...distribution, lists: true, searches: true, tagsHaveFacts: true },
  ngc: { ...distribution, searches: true, takesPushes: false },
  gitlab: { ...distribution, lists: true, searches: true },
  harbor: { ...distribution, lists: true, searches: true, tagsHaveFacts: true },
  library: { ...none, searches: true },
  shub: { ...none, signsIn: false },
  shpc: { ...none, lists: true, searches: true, signsIn: false },
  folder: { ...none, lists: true, searches: true, isTree: true, signsIn: false, wasRun: true },
  web: { ...none, lists: true, isTree: true, wasRun: true },
  s3: { ...none, lists: true, searches: true, isTree: true, wasRun: true },
};

/** What the page may offer for a kind of registry. */
export function abilitiesOf(kind: RegistryKind): RegistryAbilities {
  return abilities[kind];
}

/**
 * The registry whose credentials and mirrors count for a kind of address: host and optional port. Docker Hub has one
 * name, whatever it is called by.
 */
export function registryHostOf(settings: RegistryPlace): string {
  if (settings.kind === 'docker-hub') return 'index.docker.io';
  return URL.canParse(settings.address) && /^https?:/.test(settings.address)
    ? new URL(settings.address).host
    : settings.address;
}

/** Registries that everybody knows, for the list of somebody who has none. */
export const wellKnownRegistries: readonly (RegistryPlace & { readonly label: string })[] = [
  { label: 'Docker Hub', kind: 'docker-hub', address: 'index.docker.io' },
  { label: 'Quay', kind: 'quay', address: 'quay.io' },
  { label: 'GitHub Packages', kind: 'ghcr', address: 'ghcr.io' },
  { label: 'NVIDIA NGC', kind: 'ngc', address: 'nvcr.io' },
  {
    label: 'Singularity HPC',
    kind: 'shpc',
    address: 'https://singularityhub.github.io/shpc-registry/library.json',
  },
];
