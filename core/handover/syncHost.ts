import { gunzipSync } from 'node:zlib';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId, WorkspaceId } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import type { Argument } from '#core/runtime/commandSpec.ts';
import { isLeftover, ownerText } from '#core/workspaces/owner.ts';
import { mustRun } from '#core/workspaces/treeScript.ts';
import {
  endRecord,
  joinLines,
  parseChanges,
  parseRecord,
  type SideChanges,
  shownPath,
  splitLines,
  type TreeEntry,
  type TreePath,
} from './syncRecord.ts';
import * as scripts from './syncScripts.ts';

/** One of the two hosts of a sync, and the workspace there. */
export interface SyncHost {
  readonly host: Host;
  readonly workspace: Workspace;
  /** The line to it; null for this machine. */
  readonly line: SshConnection | null;
  /** The workspace that it is synced with. */
  readonly otherId: WorkspaceId;
  /** For the command log, and to name the private folder. */
  readonly taskId: TaskId;
  readonly signal: AbortSignal;
}

/** What former syncs of the same two left there. */
export interface Survey {
  /** Names of agreed states, oldest first: both sides know a state, or it counts for none. */
  readonly states: readonly string[];
  /** Private folders of syncs whose process is dead. */
  readonly leftovers: readonly HostPath[];
}

const mebibyte = 1024 * 1024;
/** Of a listing, packed; as text. */
const listLimitBytes = 256 * mebibyte;
/** Of a listing, unpacked. */
const plainLimitBytes = 512 * mebibyte;
/** Of words of one command; Linux takes 2 MiB. */
const wordsLimitBytes = 512 * 1024;

/** Name of the private folder of a sync, in `sync/` of the workspace. */
export function stagingName({ otherId, taskId }: Pick<SyncHost, 'otherId' | 'taskId'>): string {
  return `.syncing-${otherId}.${taskId}`;
}

export function stagingOf(side: SyncHost): HostPath {
  return joinPath(side.workspace.folder, hostPathFromText(`sync/${stagingName(side)}`));
}

/** Lists that a script finds in the private folder: their names, and what they hold. */
export type Lists = ReadonlyMap<string, Buffer>;

async function run(
  side: SyncHost,
  purpose: string,
  script: string,
  words: readonly Argument[] = [],
  lists: Lists = new Map(),
) {
  const { host, workspace, taskId, signal } = side;
  const total = [...lists.values()].reduce((sum, { length }) => sum + length, 0);
  const text = total > wordsLimitBytes ? '' : inlineLists(side, lists);
  if (text === '')
    for (const [name, bytes] of lists)
      await host.files.write(joinPath(stagingOf(side), hostPathFromText(name)), bytes, 0o600);
  return await mustRun(host, {
    purpose,
    script: `${text}${script}`,
    words: [{ path: workspace.folder }, ...words],
    byHand: null,
    taskId,
    signal,
    keepBytes: listLimitBytes,
    path: workspace.folder,
  });
}

/** Short lists go with the script: one round trip, however many there are. */
function inlineLists(side: SyncHost, lists: Lists): string {
  if (lists.size === 0) return '';
  const parts = [...lists].map(
    ([name, bytes]) =>
      `base64 -d >"$1/sync/${stagingName(side)}/${name}" <<'E' || exit\n${bytes.toString('base64')}\nE\n`,
  );
  return parts.join('');
}

/** Paths of the tree as a list. */
export function pathList(paths: Iterable<TreePath>): Buffer {
  return joinLines([...paths].map((path) => `./${path}`));
}

export async function survey(side: SyncHost, isTaskOpen: (id: TaskId) => boolean): Promise<Survey> {
  const { otherId } = side;
  const output = await run(side, 'Look for the last sync', scripts.surveyScript, [otherId]);
  const states: string[] = [];
  const leftovers: HostPath[] = [];
  for (const line of output.split('\n')) {
    const [what, name = '', age = '', owner = ''] = line.split(' ');
    if (what === 'L') {
      const state = name.slice(otherId.length + 1, -'.list'.length);
      if (/^\d{8}-[0-9a-f]{8}$/.test(state)) states.push(state);
    }
    if (what === 'S' && /^\.syncing-[a-z0-9-]+\.[a-z0-9-]+$/.test(name)) {
      const isDead = isLeftover(Buffer.from(owner, 'base64'), Number(age) * 1000, isTaskOpen);
      if (isDead) leftovers.push(hostPathFromText(name));
    }
  }
  return { states: states.sort(), leftovers };
}

export async function begin(side: SyncHost, leftovers: readonly HostPath[]): Promise<void> {
  const words = [stagingName(side), ownerText(side.taskId), side.otherId];
  await run(side, 'Make a private folder', scripts.beginScript, [
    ...words,
    ...leftovers.map((path) => ({ path })),
  ]);
}

/** What changed since a state; `keeps` the present listing in the private folder. */
export async function scan(
  side: SyncHost,
  { state, keeps }: { readonly state: string | null; readonly keeps: boolean },
): Promise<SideChanges> {
  const words = [keeps ? stagingName(side) : '', state === null ? '' : `${side.otherId}.${state}.list`];
  const changes = parseChanges(unpack(await run(side, 'Compare the tree', scripts.scanScript, words), side));
  if (changes === null) throw notWhole(side);
  return changes;
}

/** SHA-256 in hex, by path; without what is gone meanwhile. */
export async function hashFiles(
  side: SyncHost,
  paths: readonly TreePath[],
): Promise<ReadonlyMap<TreePath, string>> {
  const found = new Map<TreePath, string>();
  for (const some of chunks(paths)) {
    const words = some.map((path) => ({ path: shownPath(`./${path}`) }));
    const output = await run(side, 'Compare bytes', scripts.hashScript, words);
    for (const line of splitLines(unpack(output, side))) found.set(line.slice(68), line.slice(0, 64));
  }
  return found;
}

/** Those of some files that hold a private key. */
export async function findKeys(side: SyncHost, paths: readonly TreePath[]): Promise<ReadonlySet<TreePath>> {
  const found = new Set<TreePath>();
  for (const some of chunks(paths)) {
    const words = some.map((path) => ({ path: shownPath(`./${path}`) }));
    const output = await run(side, 'Look for private keys', scripts.keysScript, words);
    for (const line of splitLines(unpack(output, side))) found.add(line.replace(/^\.\//, ''));
  }
  return found;
}

function* chunks(paths: readonly TreePath[]): Generator<TreePath[]> {
  let some: TreePath[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (bytes > wordsLimitBytes) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(path);
    bytes += path.length + 16;
  }
  if (some.length > 0) yield some;
}

/** What paths of the tree are now, and those of them that changed since the scan; without what is not there. */
export async function look(
  side: SyncHost,
  paths: Iterable<TreePath>,
): Promise<{ readonly entries: ReadonlyMap<TreePath, TreeEntry>; readonly changed: ReadonlySet<TreePath> }> {
  const lists = new Map([['look', pathList(paths)]]);
  const output = await run(side, 'Look before writing', scripts.lookScript, [stagingName(side)], lists);
  const lines = splitLines(unpack(output, side));
  const end = lines.indexOf(endRecord);
  if (end < 0) throw notWhole(side);
  const entries = lines.slice(0, end).map(parseRecord);
  return {
    entries: new Map(entries.map((entry) => [entry.path, entry])),
    changed: new Set(lines.slice(end + 1).map((line) => parseRecord(line).path)),
  };
}

/** What came from the other side so far: everything but folders. */
export async function staged(side: SyncHost): Promise<ReadonlyMap<TreePath, TreeEntry>> {
  const output = await run(side, 'Look at what came', scripts.stagedScript, [stagingName(side)]);
  return entriesOf(unpack(output, side));
}

export async function drop(side: SyncHost, paths: Iterable<TreePath>): Promise<void> {
  const lists = new Map([['drop', pathList(paths)]]);
  await run(side, 'Remove what came half', scripts.dropScript, [stagingName(side)], lists);
}

/** Makes what came ready, by lists: modes of files, new folders, links. Answers with the lines of files and links. */
export async function makeReady(side: SyncHost, lists: Lists): Promise<ReadonlyMap<TreePath, TreeEntry>> {
  const words = [stagingName(side)];
  return entriesOf(unpack(await run(side, 'Make ready what came', scripts.readyScript, words, lists), side));
}

function entriesOf(bytes: Buffer): ReadonlyMap<TreePath, TreeEntry> {
  return new Map(
    splitLines(bytes).map((line) => {
      const entry = parseRecord(line);
      return [entry.path, entry];
    }),
  );
}

/** Moves what is ready into the tree, by the lists that were written. */
export async function moveIn(side: SyncHost): Promise<void> {
  await run(side, 'Move in what came', scripts.applyScript, [stagingName(side)]);
}

/** Puts down the next agreed state beside the last: without some of its lines, with others. Sorted by bytes. */
export async function commit(
  side: SyncHost,
  states: { readonly last: string | null; readonly next: string },
  lines: { readonly minus: readonly string[]; readonly plus: readonly string[] },
): Promise<void> {
  const words = [stagingName(side), side.otherId, states.last ?? '', states.next];
  const lists = new Map([
    ['minus', joinLines(lines.minus)],
    ['plus', joinLines(lines.plus)],
  ]);
  await run(side, 'Put down the new state', scripts.commitScript, words, lists);
}

/** Ends a sync that is done; both sides know the state. */
export async function end(side: SyncHost, state: string): Promise<void> {
  await run(side, 'End the sync', scripts.endScript, [stagingName(side), side.otherId, state]);
}

/** Ends a sync that is not done, also where it was cancelled. */
export async function settle(side: SyncHost): Promise<void> {
  const rest = { ...side, signal: new AbortController().signal };
  await run(rest, 'Undo what is half', scripts.settleScript, [stagingName(side)]);
}

/** A list of paths in the private folder. */
export async function writeList(side: SyncHost, name: string, paths: Iterable<TreePath>): Promise<void> {
  const path = joinPath(stagingOf(side), hostPathFromText(name));
  await side.host.files.write(path, pathList(paths), 0o600);
}

function unpack(output: string, side: SyncHost): Buffer {
  const bytes = Buffer.from(output, 'base64');
  if (bytes[0] === 0x50) return bytes.subarray(1);
  if (bytes[0] !== 0x5a) throw notWhole(side);
  try {
    return gunzipSync(bytes.subarray(1), { maxOutputLength: plainLimitBytes });
  } catch (thrown) {
    throw notWhole(side, thrown);
  }
}

function notWhole({ host, workspace }: SyncHost, cause?: unknown) {
  const reason = 'its listing did not come whole';
  const facts = { path: workspace.folder, host: host.label, reason };
  return workbenchError('transfer.failed', facts, { hostId: host.id, cause });
}
