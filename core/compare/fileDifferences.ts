import type { ComparedEntry, ComparisonTotals, EntryAspect, FileDifference } from '#core/contract/compare.ts';
import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';
import { compareNames } from './squashfsLayout.ts';
import type { ByteName, TreeEntry } from './tree.ts';
import type { TreePair } from './walkTrees.ts';

/** So many differing names are listed, and so many bytes of their paths; totals count all. */
const mostListed = 200_000;
const mostPathBytes = 32 * 1024 * 1024;

type FileTotals = Omit<ComparisonTotals, 'packages'>;

/** Gathers what differs between two trees. */
export interface FileDifferences {
  /** `aspects` of a pair that both have; empty when it is the same. */
  add(pair: TreePair, aspects: readonly EntryAspect[]): void;
  /** Sorted by path. */
  list(): readonly FileDifference[];
  totals(): FileTotals;
}

export function createFileDifferences(): FileDifferences {
  const found: { readonly pair: TreePair; readonly aspects: readonly EntryAspect[] }[] = [];
  const totals = { same: 0, added: 0, removed: 0, changed: 0, addedBytes: 0, removedBytes: 0 };
  const changedBytes = { left: 0, right: 0 };
  let pathBytes = 0;
  return {
    add(pair, aspects) {
      const { left, right } = pair;
      if (left !== null && right !== null && aspects.length === 0) {
        totals.same += 1;
        return;
      }
      if (left === null) {
        totals.added += 1;
        totals.addedBytes += sizeOf(right);
      } else if (right === null) {
        totals.removed += 1;
        totals.removedBytes += sizeOf(left);
      } else {
        totals.changed += 1;
        changedBytes.left += sizeOf(left);
        changedBytes.right += sizeOf(right);
      }
      pathBytes += pair.path.length;
      if (found.length < mostListed && pathBytes <= mostPathBytes) found.push({ pair, aspects });
    },
    list: () =>
      found
        .sort((one, other) => compareNames(one.pair.path, other.pair.path))
        .map(({ pair: { path, left, right }, aspects }) => ({
          path: shownPath(path),
          left: left === null ? null : shownEntry(left),
          right: right === null ? null : shownEntry(right),
          aspects: [...aspects],
        })),
    totals: () => ({ ...totals, changedBytes }),
  };
}

/** What can be told of a pair without its contents. */
export function visibleAspects(left: TreeEntry, right: TreeEntry): readonly EntryAspect[] {
  if (left.kind !== right.kind) return ['kind'];
  const aspects: EntryAspect[] = [];
  if (left.kind === 'file' && right.kind === 'file' && left.sizeBytes !== right.sizeBytes)
    aspects.push('content');
  if (left.kind === 'link') {
    if (right.kind === 'link' && left.target !== right.target) aspects.push('target');
    return aspects; // the mode of a link means nothing
  }
  if (left.mode !== right.mode) aspects.push('mode');
  if ('device' in left && 'device' in right && left.device !== right.device) aspects.push('device');
  return aspects;
}

/** A path of a tree as it is shown: from the image's root. */
export function shownPath(path: ByteName): HostPath {
  return hostPathFromBytes(Buffer.from(`/${path}`, 'latin1'));
}

function shownEntry(entry: TreeEntry): ComparedEntry {
  return {
    kind: entry.kind,
    mode: entry.mode,
    sizeBytes: entry.kind === 'file' ? entry.sizeBytes : null,
    // An empty target can only be forged, and no path says it.
    target: entry.kind === 'link' ? hostPathFromBytes(Buffer.from(entry.target || '?', 'latin1')) : null,
  };
}

function sizeOf(entry: TreeEntry | null): number {
  return entry?.kind === 'file' ? entry.sizeBytes : 0;
}
