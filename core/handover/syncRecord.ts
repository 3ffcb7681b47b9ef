import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';

/** Path below the tree, a character for each byte: names may hold anything but NUL. */
export type TreePath = string;

/** One entry of a tree, as a listing has it. */
export interface TreeEntry {
  readonly path: TreePath;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits, `644`; without setuid, setgid and sticky. */
  readonly mode: string;
  /** 0 for what is no file. */
  readonly sizeBytes: number;
  /** Nanoseconds since 1970 by the clock of its own host; 0 for what is no file. */
  readonly modifiedNs: bigint;
  /** Where a link leads, a character for each byte; empty for all others. */
  readonly target: string;
  /** Its line in the listing, without the NUL. */
  readonly record: string;
}

/**
 * Formats of `find -printf` for a line of a listing: `/PATH//KIND MODE SIZE TIME TARGET`, ended by NUL. No path below a
 * tree holds `//`, so the first one ends it. The time of a folder tells only that something in it came or went.
 */
export const recordFormats = {
  file: '/%P//f %m %s %T@ \\0',
  folder: '/%P//d %m 0 0 \\0',
  link: '/%P//l 777 0 0 %l\\0',
  other: '/%P//o 0 0 0 \\0',
} as const;

/** Last line of a whole listing; sorts behind every other. */
export const endRecord = '~end';

const form =
  /^\/((?:[^/]+\/)*[^/]+)\/\/([fdlo]) ([0-7]{1,5}) (\d{1,19}) (-?\d{1,19})(?:\.(\d{1,12}))? ([\s\S]*)$/;
const kinds = { f: 'file', d: 'folder', l: 'link', o: 'other' } as const;
const longestPath = 4096;

/** A line of a listing → its entry. Fails with workspace.hostile for a path that leaves the tree, and for what is no line. */
export function parseRecord(record: string): TreeEntry {
  const [, path = '', letter, mode = '', size, seconds = '0', fraction = '', target = ''] =
    form.exec(record) ?? [];
  const kind = kinds[letter as keyof typeof kinds];
  if (kind === undefined || path.length > longestPath || path.split('/').some(isStep)) {
    const shown = shownPath(path === '' ? record.slice(0, 200) : path);
    throw workbenchError('workspace.hostile', {
      path: shown,
      reason: 'Its listing names a path that leaves it',
    });
  }
  return {
    path,
    kind,
    mode: (Number.parseInt(mode, 8) & 0o777).toString(8),
    sizeBytes: Number(size),
    modifiedNs: BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')),
    target,
    record,
  };
}

const isStep = (name: string) => name === '.' || name === '..';

/** As a person and the contract have it. */
export function shownPath(path: TreePath): HostPath {
  return hostPathFromBytes(Buffer.from(path === '' ? '.' : path, 'latin1'));
}

/** Everything before the last name; empty directly below the tree. */
export function parentOf(path: TreePath): TreePath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Lines that each end with NUL → the lines. */
export function splitLines(bytes: Buffer): readonly string[] {
  const lines = bytes.toString('latin1').split('\0');
  lines.pop();
  return lines;
}

/** The other way. */
export function joinLines(lines: Iterable<string>): Buffer {
  return Buffer.from([...lines].map((line) => `${line}\0`).join(''), 'latin1');
}

/** What changed on one side since its own last listing: by path, what was and what is. */
export type SideChanges = ReadonlyMap<TreePath, SideChange>;

export interface SideChange {
  readonly before: TreeEntry | null;
  readonly now: TreeEntry | null;
}

/**
 * Output of `comm -z -3 LAST NOW` → changes: lines of the last listing alone begin with `/`, those of the present one with
 * a tab. Null where the end is not there: then the present one is not whole.
 */
export function parseChanges(bytes: Buffer): SideChanges | null {
  const changes = new Map<TreePath, { before: TreeEntry | null; now: TreeEntry | null }>();
  let isWhole = false;
  for (const line of splitLines(bytes)) {
    const isNow = line.startsWith('\t');
    const record = isNow ? line.slice(1) : line;
    if (record === endRecord) {
      isWhole = isNow;
      continue;
    }
    const entry = parseRecord(record);
    const change = changes.get(entry.path) ?? { before: null, now: null };
    change[isNow ? 'now' : 'before'] = entry;
    changes.set(entry.path, change);
  }
  return isWhole ? changes : null;
}
