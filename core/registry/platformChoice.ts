import type { IndexEntry } from './manifest.ts';

/** Most capable first, as the runtimes' image library orders them (containers/image, pkg/platform). */
const compatibleVariants: Readonly<Record<string, readonly string[]>> = {
  arm: ['v8', 'v7', 'v6', 'v5'],
  arm64: ['v8'],
};

/**
 * The entry of an index for an architecture (`amd64`, `arm/v7`), or null. Only Linux; attestations (`unknown/unknown`)
 * never match. An index with one entry that names no platform means that entry.
 */
export function choosePlatform(entries: readonly IndexEntry[], wanted: string): IndexEntry | null {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && only.platform === null) return only;
  const [architecture = '', variant = ''] = wanted.split('/');
  const candidates = entries.filter(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  );
  for (const allowed of variantsFor(architecture, variant)) {
    const found = candidates.find(({ platform }) => (platform?.variant ?? '') === allowed);
    if (found !== undefined) return found;
  }
  return null;
}

/** What an index offers, in words: `amd64, arm64/v8, windows amd64`. */
export function platformsOffered(entries: readonly IndexEntry[]): string {
  const names = entries.flatMap(({ platform }) => {
    if (platform === null || platform.architecture === 'unknown') return [];
    return [platformName(platform.architecture, platform.os, platform.variant ?? null)];
  });
  return [...new Set(names)].slice(0, 50).join(', ');
}

/** `arm64/v8`; another system than Linux is named: `windows amd64`. */
export function platformName(architecture: string, os: string | null, variant: string | null): string {
  const name = variant === null || variant === '' ? architecture : `${architecture}/${variant}`;
  return os === null || os === 'linux' ? name : `${os} ${name}`;
}

function variantsFor(architecture: string, variant: string): readonly string[] {
  const known = compatibleVariants[architecture] ?? [];
  if (variant === '') return ['', ...known, ...(architecture === 'amd64' ? ['v1'] : [])];
  const at = known.indexOf(variant);
  return [...(at < 0 ? [variant] : known.slice(at)), ''];
}
