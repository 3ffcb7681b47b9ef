import { hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { SandboxChange } from '#core/contract/sandboxes.ts';

/** A name of a tree, as `find` printed it. The name is one character a byte (latin1). */
export interface ListedEntry {
  /** As `find -printf %y` says it: `f`, `d`, `l`, … */
  readonly kind: string;
  readonly sizeBytes: number;
  /** Seconds since 1970 with their fraction, as printed. */
  readonly modifiedAt: string;
  /** Octal permission bits, as printed. */
  readonly mode: string;
  /** On the disk. */
  readonly diskBytes: number;
  readonly owner: number;
  /** Where a link leads (latin1). */
  readonly target: string;
}

export type Listing = ReadonlyMap<string, ListedEntry>;

/** The `-printf` whose output `parseListing` reads: facts, path below the root, target of a link, each ended by NUL. */
export const listingFormat = String.raw`%y %s %T@ %m %b %U\0%P\0%l\0`;

/** What a tree holds besides what is ours: `.singularity.d/` has the id of the sandbox. */
export const idFileName = '.singularity.d/mysingularity-sandbox';

/** A listing as `listingFormat` prints it → its entries by path. What is cut off at the end is left out. */
export function parseListing(bytes: Buffer): Listing {
  const found = new Map<string, ListedEntry>();
  let at = 0;
  const next = (): string | null => {
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    const text = bytes.subarray(at, end).toString('latin1');
    at = end + 1;
    return text;
  };
  for (;;) {
    const facts = next();
    const path = next();
    const target = next();
    if (facts === null || path === null || target === null) return found;
    const [kind = '', size = '0', modifiedAt = '', mode = '', blocks = '0', owner = '0'] = facts.split(' ');
    if (path === '' || path === idFileName) continue;
    found.set(path, {
      kind,
      sizeBytes: Number(size),
      modifiedAt,
      mode,
      diskBytes: Number(blocks) * 512,
      owner: Number(owner),
      target,
    });
  }
}

/** `HASH  PATH` ended by NUL, as `sha256sum --zero` prints it → hash by path below the root (latin1). */
export function parseHashes(bytes: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const record of bytes.toString('latin1').split('\0')) {
    const [, hash, path] = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/s.exec(record) ?? [];
    if (hash !== undefined && path !== undefined) found.set(path, hash);
  }
  return found;
}

export interface ListingDifference {
  readonly changes: readonly SandboxChange[];
  readonly addedBytes: number;
  /** Files of equal size whose time is another: only their content tells (paths in latin1). */
  readonly doubtful: readonly string[];
}

/**
 * What is different between two listings, sorted by path. A folder differs by its mode alone; a doubtful file counts as
 * changed unless it is in `unchanged`.
 */
export function differingEntries(
  before: Listing,
  after: Listing,
  unchanged: ReadonlySet<string> = new Set(),
): ListingDifference {
  const changes: SandboxChange[] = [];
  const doubtful: string[] = [];
  let addedBytes = 0;
  const note = (path: string, what: SandboxChange['what'], { kind, sizeBytes }: ListedEntry) =>
    changes.push({
      path: joinPath(hostPathFromText('/'), hostPathFromBytes(Buffer.from(path, 'latin1'))),
      what,
      sizeBytes: kind === 'f' ? sizeBytes : 0,
    });
  for (const [path, now] of after) {
    const then = before.get(path);
    addedBytes += fileBytes(now) - fileBytes(then);
    if (then === undefined) note(path, 'added', now);
    else if (isDoubtful(then, now)) {
      doubtful.push(path);
      if (!unchanged.has(path)) note(path, 'changed', now);
    } else if (isChanged(then, now)) note(path, 'changed', now);
  }
  for (const [path, then] of before)
    if (!after.has(path)) {
      addedBytes -= fileBytes(then);
      note(path, 'removed', then);
    }
  changes.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  return { changes, addedBytes, doubtful };
}

function fileBytes(entry: ListedEntry | undefined): number {
  return entry?.kind === 'f' ? entry.sizeBytes : 0;
}

function isDoubtful(then: ListedEntry, now: ListedEntry): boolean {
  return !isChanged(then, now) && now.kind === 'f' && then.modifiedAt !== now.modifiedAt;
}

/** By what one sees without reading contents. */
function isChanged(then: ListedEntry, now: ListedEntry): boolean {
  if (then.kind !== now.kind) return true;
  if (now.kind === 'l') return then.target !== now.target;
  return then.mode !== now.mode || (now.kind === 'f' && then.sizeBytes !== now.sizeBytes);
}

export interface TreeMeasure {
  /** On the disk. */
  readonly bytes: number;
  readonly files: number;
}

/** What a tree takes. */
export function measureOf(listing: Listing): TreeMeasure {
  let bytes = 0;
  for (const { diskBytes } of listing.values()) bytes += diskBytes;
  return { bytes, files: listing.size };
}
