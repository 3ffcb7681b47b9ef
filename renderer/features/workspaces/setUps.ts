import { useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostId, TerminalId, WorkspaceId } from '#core/contract/ids.ts';
import type { RecipeKind } from '#core/contract/recipes.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { attempt } from '#renderer/state/notices.ts';
import { terminalsStore } from '#renderer/state/terminals.ts';
import type { SetUpForm } from './setUpForm.ts';
import { measureWorkspace } from './workspaceActions.ts';

/** Software that is being set up in a workspace by a terminal, or was not. One that went well is forgotten. */
export interface SetUp {
  readonly terminalId: TerminalId;
  readonly hostId: HostId;
  readonly workspaceId: WorkspaceId;
  readonly kind: RecipeKind;
  /** `gone`: the terminal was closed before its end was seen. */
  readonly state: 'running' | 'failed' | 'gone';
  /** Of a failed one; null where a signal ended it. */
  readonly exitStatus: number | null;
}

const states: readonly SetUp['state'][] = ['running', 'failed', 'gone'];
const recipeKinds: readonly RecipeKind[] = ['spack', 'conda', 'pip', 'r'];

interface SetUpsState {
  readonly setUps: readonly SetUp[];
  /** What was typed last for each workspace, to begin again with. */
  readonly forms: ReadonlyMap<string, SetUpForm>;
}

type Address = Pick<Workspace, 'hostId' | 'id'>;

/** Terminals outlive a reload of the page, and so does what they are for. */
const keptKey = 'workbench.setUps';

/** What is being set up in workspaces, of this window. */
const setUpsStore = createStore<SetUpsState>()(() => ({ setUps: readKept(), forms: new Map() }));
setUpsStore.subscribe(({ setUps }) => sessionStorage.setItem(keptKey, JSON.stringify(setUps)));
terminalsStore.subscribe(settle);
settle();

/** Notes that a terminal sets software up; when it has ended with 0, the workspace is measured. */
export function noteSetUp({ hostId, id }: Address, terminalId: TerminalId, form: SetUpForm): void {
  const { kind } = form;
  const begun: SetUp = { terminalId, hostId, workspaceId: id, kind, state: 'running', exitStatus: null };
  setUpsStore.setState(({ setUps, forms }) => ({
    setUps: [...setUps.filter((other) => other.state === 'running' || !isLike(other, begun)), begun],
    forms: new Map(forms).set(keyOf({ hostId, id }), form),
  }));
  settle();
}

/** What was typed last for a workspace; null where nothing was. */
export function lastForm(address: Address): SetUpForm | null {
  return setUpsStore.getState().forms.get(keyOf(address)) ?? null;
}

/** Takes one that failed off the page. */
export function forgetSetUp(terminalId: TerminalId): void {
  setUpsStore.setState(({ setUps }) => ({
    setUps: setUps.filter((setUp) => setUp.terminalId !== terminalId),
  }));
}

/** Puts everything back: each test starts afresh. */
export function resetSetUps(): void {
  setUpsStore.setState({ setUps: [], forms: new Map() });
}

/** What is being set up in a workspace, or was not, oldest first. */
export function useSetUps({ hostId, id }: Address): readonly SetUp[] {
  const setUps = useStore(setUpsStore, (state) => state.setUps);
  return useMemo(
    () => setUps.filter((setUp) => setUp.hostId === hostId && setUp.workspaceId === id),
    [setUps, hostId, id],
  );
}

/** Asks the terminals how it went. */
function settle(): void {
  const { isLoaded, terminals } = terminalsStore.getState();
  const { setUps } = setUpsStore.getState();
  if (!isLoaded || setUps.every(({ state }) => state !== 'running')) return;
  const after: SetUp[] = [];
  const done: SetUp[] = [];
  for (const setUp of setUps) {
    const terminal = terminals.find(({ id }) => id === setUp.terminalId);
    if (setUp.state !== 'running' || terminal?.ended === null) after.push(setUp);
    else if (terminal === undefined) after.push({ ...setUp, state: 'gone' });
    else if (terminal.ended.exitStatus === 0) done.push(setUp);
    else after.push({ ...setUp, state: 'failed', exitStatus: terminal.ended.exitStatus });
  }
  // What still runs needs no change.
  if (after.length === setUps.length && after.every((setUp) => setUps.includes(setUp))) return;
  setUpsStore.setState({ setUps: after });
  for (const { hostId, workspaceId } of done) attempt(() => measureWorkspace({ hostId, id: workspaceId }));
}

function isLike(a: SetUp, b: SetUp): boolean {
  return a.hostId === b.hostId && a.workspaceId === b.workspaceId && a.kind === b.kind;
}

function keyOf({ hostId, id }: Address): string {
  return `${hostId} ${id}`;
}

/** What this window kept before it was loaded again; nothing where it cannot be read. */
function readKept(): readonly SetUp[] {
  const text = globalThis.sessionStorage?.getItem(keptKey) ?? null;
  if (text === null) return [];
  try {
    const kept: unknown = JSON.parse(text);
    return Array.isArray(kept) ? kept.filter(isSetUp) : [];
  } catch {
    return []; // somebody else's text under our key
  }
}

function isSetUp(kept: unknown): kept is SetUp {
  if (typeof kept !== 'object' || kept === null) return false;
  const { terminalId, hostId, workspaceId, kind, state, exitStatus } = kept as Partial<SetUp>;
  return (
    [terminalId, hostId, workspaceId].every((id) => typeof id === 'string') &&
    recipeKinds.some((known) => known === kind) &&
    states.some((known) => known === state) &&
    (exitStatus === null || typeof exitStatus === 'number')
  );
}
