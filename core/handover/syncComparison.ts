import type { SyncInput } from '#core/contract/handover.ts';
import { type HostPath, hostPathToBytes } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { decideSync, pathsToCompare, type SyncDecision } from './syncDecision.ts';
import { hashFiles, type SyncHost, scan } from './syncHost.ts';
import type { SyncMeans } from './syncing.ts';
import type { SideChanges, TreeEntry, TreePath } from './syncRecord.ts';
import { findSecrets, type SecretAt } from './syncSecrets.ts';

export interface SyncPair {
  readonly here: SyncHost;
  readonly there: SyncHost;
}

/** Everything that is known before anything is changed. */
export interface Comparison {
  readonly here: SideChanges;
  readonly there: SideChanges;
  readonly decision: SyncDecision;
  /** What would go, or could by a choice, and is known to hold passwords, tokens or keys; by path. */
  readonly secrets: readonly SecretAt[];
}

/** Both sides, found. Fails with workspace.unknown, and with input.invalid where the two cannot be synced. */
export async function openPair(
  means: SyncMeans,
  { hostId, id, other }: SyncInput,
  { taskId, signal }: { readonly taskId: TaskId; readonly signal: AbortSignal },
): Promise<SyncPair> {
  if (id === other.id) throw refused('A workspace cannot be synced with itself');
  const [here, there] = await Promise.all([means.openHost(hostId), means.openHost(other.hostId)]);
  const [left, right] = await Promise.all([means.store.find(here, id), means.store.find(there, other.id)]);
  for (const { layered, name } of [left, right])
    if (layered !== null)
      throw refused(
        `${name} stands over what it was adopted with: pack it, adopt that file unpacked, and sync what comes of it`,
      );
  const rest = { taskId, signal };
  return {
    here: { host: here, workspace: left, line: means.lineOf(hostId), otherId: other.id, ...rest },
    there: { host: there, workspace: right, line: means.lineOf(other.hostId), otherId: id, ...rest },
  };
}

const refused = (reason: string) => workbenchError('input.invalid', { field: 'workspace', reason });

/** The newest state that both sides know; null at the first sync. */
export function commonState(here: readonly string[], there: readonly string[]): string | null {
  return here.filter((state) => there.includes(state)).at(-1) ?? null;
}

/** Compares each side with its own listing of the common state, and where that is not enough the bytes of files. */
export async function compare(
  { here, there }: SyncPair,
  input: SyncInput,
  { state, keeps }: { readonly state: string | null; readonly keeps: boolean },
): Promise<Comparison> {
  const [left, right] = await Promise.all([scan(here, { state, keeps }), scan(there, { state, keeps })]);
  const isKnown = state === null && isKin(here.workspace, there.workspace) ? hasSameTime : () => false;
  const open = pathsToCompare(left, right).filter(
    (path) => !isKnown(left.get(path)?.now ?? null, right.get(path)?.now ?? null),
  );
  const [ours, theirs] = await Promise.all([hashFiles(here, open), hashFiles(there, open)]);
  const different = new Set(open.filter((path) => !ours.has(path) || ours.get(path) !== theirs.get(path)));
  const question = {
    here: left,
    there: right,
    direction: input.direction,
    resolutions: new Map(input.resolutions.map(({ path, keep }) => [treePath(path), keep] as const)),
    isSame: (path: TreePath) => !different.has(path),
  };
  const first = decideSync({ ...question, staysOn: () => false });
  const confirmed = new Set(input.confirmed.map(treePath));
  const secrets = await findSecrets({ here, there }, first, confirmed);
  const held = { here: new Set<TreePath>(), there: new Set<TreePath>() };
  for (const { path, side, isLeftOut } of secrets) if (isLeftOut) held[side].add(path);
  const decision =
    held.here.size + held.there.size === 0
      ? first
      : decideSync({ ...question, staysOn: (side, path) => held[side].has(path) });
  return { here: left, there: right, decision, secrets };
}

function treePath(path: HostPath): TreePath {
  return Buffer.from(hostPathToBytes(path)).toString('latin1').replace(/^\.\//, '');
}

/**
 * Whether one came of the other, or both of the same packed file: what they have of one size and second is then the same.
 * Squashfs keeps no parts of a second.
 */
export function isKin(left: Workspace, right: Workspace): boolean {
  const origins = ({ id, lineage }: Workspace) =>
    new Set([id, ...lineage.flatMap(({ from }) => (from === null ? [] : [from]))]);
  const ours = origins(left);
  return [...origins(right)].some((origin) => ours.has(origin));
}

const second = 1_000_000_000n;

function hasSameTime(left: TreeEntry | null, right: TreeEntry | null): boolean {
  return left !== null && right !== null && left.modifiedNs / second === right.modifiedNs / second;
}
