import { randomBytes, randomUUID } from 'node:crypto';
import {
  type SyncChange,
  type SyncConflict,
  type SyncInput,
  type SyncPlan,
  type SyncSecret,
  syncInputSchema,
} from '#core/contract/handover.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { withStep } from '#core/workspaces/lineage.ts';
import { manifestOf } from '#core/workspaces/workspaceMeans.ts';
import { type Carried, carry } from './syncCarry.ts';
import { type Comparison, commonState, compare, openPair, type SyncPair } from './syncComparison.ts';
import { byBytes, type ConflictAt, type SyncAction } from './syncDecision.ts';
import { begin, commit, drop, end, type SyncHost, settle, staged, stagingOf, survey } from './syncHost.ts';
import type { Syncing, SyncMeans } from './syncing.ts';
import { removeSyncLeftovers } from './syncLeftovers.ts';
import { filesOf, isWhole, type MovedIn, moveInAll } from './syncMoveIn.ts';
import { type SideChanges, shownPath, type TreeEntry, type TreePath } from './syncRecord.ts';
import type { SecretAt } from './syncSecrets.ts';

/** Of each list of a plan. */
const shownPaths = 2000;

/** Syncs of workspaces between hosts, either way, against what both sides noted at their last sync. */
export function createSyncing(means: SyncMeans): Syncing {
  return {
    plan: (input) => planSync(means, input),
    removeLeftovers: (hostId) => removeSyncLeftovers(means, hostId),
    definition: {
      kind: 'workspace.sync',
      input: syncInputSchema,
      describe: ({ hostId, id }) => ({ title: means.store.titleOf(id), hostId, target: null, byHand: null }),
      storedInput: (input) => input,
      run: (input, context) => sync(means, input, context),
    },
  };
}

async function planSync(means: SyncMeans, input: SyncInput): Promise<SyncPlan> {
  const taskId = taskIdSchema.parse(randomUUID());
  const pair = await openPair(means, input, { taskId, signal: new AbortController().signal });
  const states = await lastState(means, pair);
  const { decision, secrets } = await compare(pair, input, { state: states.last, keeps: false });
  const { toHere, toThere, conflicts } = decision;
  const more = (list: readonly unknown[]) => Math.max(0, list.length - shownPaths);
  return {
    toOther: toThere.slice(0, shownPaths).map(changeOf),
    toHere: toHere.slice(0, shownPaths).map(changeOf),
    conflicts: conflicts.slice(0, shownPaths).map(conflictOf),
    secrets: secrets.slice(0, shownPaths).map(secretOf),
    more: {
      toOther: more(toThere),
      toHere: more(toHere),
      conflicts: more(conflicts),
      secrets: more(secrets),
    },
    bytes: bytesOf([...toHere, ...toThere]),
    warnings: [...warningsOf(pair, states.last)],
  };
}

async function sync(means: SyncMeans, input: SyncInput, context: TaskContext): Promise<TaskResult> {
  context.report({ phase: 'resolve', fraction: null, text: '' });
  const pair = await openPair(means, input, { taskId: context.id, signal: context.signal });
  const hold = { taskId: context.id, mode: 'write', what: 'it is synced' } as const;
  const { here, there } = pair;
  return await means.store.hold(here.host, { ...hold, id: input.id }, () =>
    means.store.hold(there.host, { ...hold, id: input.other.id }, () =>
      syncPair(means, pair, input, context),
    ),
  );
}

async function syncPair(
  means: SyncMeans,
  pair: SyncPair,
  input: SyncInput,
  context: TaskContext,
): Promise<TaskResult> {
  const { here, there } = pair;
  const states = await lastState(means, pair);
  for (const warning of warningsOf(pair, states.last)) context.log('note', warning);
  try {
    await begin(here, states.leftHere);
    await begin(there, states.leftThere);
    context.report({ phase: 'compare', fraction: null, text: '' });
    const comparison = await compare(pair, input, { state: states.last, keeps: true });
    const { toHere, toThere, conflicts } = comparison.decision;
    const held = comparison.secrets.filter(({ isLeftOut }) => isLeftOut);
    for (const { path, side, detail } of held.slice(0, shownPaths))
      context.log('note', `Stays on ${pair[side].host.label}: ${shownPath(path)} (${detail})`);
    const toBring = { hasSome: states.leftHere.length + states.leftThere.length > 0 };
    const carriedThere = await bring(means, { from: here, to: there, actions: toThere, ...toBring }, context);
    const carriedHere = await bring(means, { from: there, to: here, actions: toHere, ...toBring }, context);
    context.signal.throwIfAborted();
    context.report({ phase: 'finish', fraction: null, text: '' });
    const doneThere = await moveInAll(there, toThere, beforeOf(comparison.there));
    const doneHere = await moveInAll(here, toHere, beforeOf(comparison.here));
    const state = await putDown(pair, comparison, { doneHere, doneThere, last: states.last });
    await noteStep(means, there, doneThere);
    await noteStep(means, here, doneHere);
    await end(there, state);
    await end(here, state);
    for (const path of [...doneHere.left, ...doneThere.left])
      context.log(
        'note',
        `${shownPath(path)} changed while it was synced, or could not be read: the next sync looks at it again`,
      );
    const [first] = conflicts;
    if (first !== undefined)
      throw workbenchError('workspace.conflict', {
        name: here.workspace.name,
        count: conflicts.length,
        path: shownPath(first.path),
      });
    const carried = [carriedThere, carriedHere].flatMap((each) => each ?? []);
    return {
      path: here.workspace.folder,
      digest: null,
      sizeBytes: null,
      facts: {
        toOther: doneThere.done.length,
        toHere: doneHere.done.length,
        changedMeanwhile: doneHere.left.length + doneThere.left.length,
        leftOut: held.length,
        bytesMoved: carried.reduce((sum, { movedBytes }) => sum + movedBytes, 0),
        ...(carried[0] === undefined ? {} : { way: carried[0].way }),
      },
    };
  } catch (thrown) {
    await Promise.all([undo(here, context), undo(there, context)]);
    throw thrown;
  }
}

/** A side that cannot be reached now is settled when the next sync begins. */
async function undo(side: SyncHost, context: TaskContext): Promise<void> {
  try {
    await settle(side);
  } catch {
    // The first failure is the one to tell.
    context.log('note', `What had come to ${side.host.label} is kept there for the next sync`);
  }
}

async function lastState({ isTaskOpen }: SyncMeans, { here, there }: SyncPair) {
  const [left, right] = await Promise.all([survey(here, isTaskOpen), survey(there, isTaskOpen)]);
  const last = commonState(left.states, right.states);
  return { last, leftHere: left.leftovers, leftThere: right.leftovers };
}

/** What the files of one side need of the other, into its private folder; what came before a cut need not come again. */
async function bring(
  { local }: SyncMeans,
  {
    from,
    to,
    actions,
    hasSome,
  }: {
    readonly from: SyncHost;
    readonly to: SyncHost;
    readonly actions: readonly SyncAction[];
    /** Something may have come before a cut. */
    readonly hasSome: boolean;
  },
  context: TaskContext,
): Promise<Carried | null> {
  const wanted = new Map(filesOf(actions).map((entry) => [entry.path, entry]));
  const came = hasSome ? await staged(to) : new Map<TreePath, TreeEntry>();
  const isKept = (path: TreePath) => {
    const entry = wanted.get(path);
    return entry !== undefined && isWhole(came.get(path), entry);
  };
  const useless = [...came.keys()].filter((path) => !isKept(path));
  if (useless.length > 0) await drop(to, useless);
  const missing = [...wanted.values()].filter(({ path }) => !isKept(path));
  if (missing.length === 0) return null;
  const bytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const staging = stagingOf(to);
  if ((await to.host.files.freeBytes(staging)) < bytes)
    throw workbenchError('disk.full', { path: to.workspace.folder }, { hostId: to.host.id });
  const text = `${missing.length === 1 ? '1 file' : `${missing.length.toLocaleString('en')} files`} to ${to.host.label}`;
  context.report({ phase: 'send', fraction: 0, text });
  const carried = await carry({
    local,
    from,
    to,
    paths: missing.map(({ path }) => path),
    bytes,
    onProgress: ({ doneBytes, ...rate }) =>
      context.report({
        phase: 'send',
        fraction: bytes === 0 ? null : doneBytes / bytes,
        text,
        bytes: { done: doneBytes, total: bytes },
        ...rate,
      }),
    note: (line) => context.log('note', line),
  });
  context.log('note', `${text}: ${carried.movedBytes.toLocaleString('en')} bytes by ${carried.way}`);
  return carried;
}

/** What a path was in the side's own last listing; undefined where it is as it was. */
function beforeOf(changes: SideChanges): (path: TreePath) => TreeEntry | null | undefined {
  return (path) => changes.get(path)?.before;
}

/** Both sides put down what they agree on. Cut in between, both still know the last state. */
async function putDown(
  { here, there }: SyncPair,
  comparison: Comparison,
  {
    doneHere,
    doneThere,
    last,
  }: { readonly doneHere: MovedIn; readonly doneThere: MovedIn; readonly last: string | null },
): Promise<string> {
  const { agreed } = comparison.decision;
  const linesOf = (side: SideChanges, into: MovedIn, from: MovedIn) => {
    const own = [...agreed, ...from.done.map(({ path }) => path)];
    const known = own.flatMap((path) => side.get(path) ?? []);
    return {
      minus: [...into.minus, ...known.flatMap(({ before }) => before?.record ?? [])].sort(byBytes),
      plus: [...into.plus, ...known.flatMap(({ now }) => now?.record ?? [])].sort(byBytes),
    };
  };
  const ours = linesOf(comparison.here, doneHere, doneThere);
  const theirs = linesOf(comparison.there, doneThere, doneHere);
  const isSame = [ours, theirs].every(({ minus, plus }) => minus.length + plus.length === 0);
  if (isSame && last !== null) return last;
  const number = last === null ? 1 : Number(last.slice(0, 8)) + 1;
  const next = `${String(number).padStart(8, '0')}-${randomBytes(4).toString('hex')}`;
  await commit(here, { last, next }, ours);
  await commit(there, { last, next }, theirs);
  return next;
}

/** A side that got something says so in its lineage. */
async function noteStep({ store }: SyncMeans, side: SyncHost, { done }: MovedIn): Promise<void> {
  if (done.length === 0) return;
  const { host, workspace, otherId } = side;
  const now = await store.find(host, workspace.id);
  const lineage = await withStep(host, now.lineage, { what: 'synced', from: otherId });
  await store.writeManifest(host, now.folder, { ...manifestOf(now), lineage });
}

function* warningsOf({ here, there }: SyncPair, state: string | null): Generator<string> {
  if (state === null)
    yield 'This is the first sync of the two: what only one of them has goes to the other, nothing is removed.';
  for (const { host, workspace } of [here, there])
    for (const { isAlive, user, node, what } of workspace.writers)
      if (isAlive !== false)
        yield `${user} has ${workspace.name} open on ${node} (${host.label}): ${what}. What changes meanwhile is left for the next sync.`;
}

function bytesOf(actions: readonly SyncAction[]): number {
  return filesOf(actions).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function changeOf({ path, what, entry }: SyncAction): SyncChange {
  return { path: shownPath(path), what, sizeBytes: entry?.sizeBytes ?? 0 };
}

function secretOf({ path, side, detail, sizeBytes, isLeftOut }: SecretAt): SyncSecret {
  return { path: shownPath(path), from: side, detail, sizeBytes, isLeftOut };
}

function conflictOf({ path, here, there }: ConflictAt): SyncConflict {
  return {
    path: shownPath(path),
    here: here.what,
    there: there.what,
    factsHere: factsOf(here.now),
    factsThere: factsOf(there.now),
  };
}

function factsOf(entry: TreeEntry | null): SyncConflict['factsHere'] {
  if (entry === null || entry.kind === 'other') return null;
  const { kind, sizeBytes, modifiedNs } = entry;
  return { kind, sizeBytes, modifiedAt: Number(modifiedNs / 1_000_000n) };
}
