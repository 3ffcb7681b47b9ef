import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { OneSandbox, Sandbox, SandboxShell } from '#core/contract/sandboxes.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { openDraft } from '#renderer/state/definitionDraft.ts';
import { tell } from '#renderer/state/notices.ts';
import { isActive, tasksStore } from '#renderer/state/tasks.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { forgetWork, noteWork, sandboxesStore } from './sandboxesState.ts';
import { forgetDifference, refreshSandboxes } from './sandboxQueries.ts';

/** Opens a shell in a sandbox in the dock. Rejects as `terminals.open` does. */
export async function openSandboxShell(shell: SandboxShell): Promise<void> {
  await openTerminal({ kind: 'sandbox', shell });
  await refreshSandboxes(shell.hostId);
}

/** Begins work on a sandbox, and shows it beside it. `path` is null for work that makes one. */
export async function beginWork(
  about: { readonly hostId: HostId; readonly path: HostPath | null },
  begin: () => Promise<{ readonly taskId: TaskId }>,
): Promise<void> {
  const { taskId } = await begin();
  noteWork({ ...about, taskId });
}

/** Measures a sandbox. */
export async function measureSandbox(one: OneSandbox): Promise<void> {
  await beginWork(one, () => client.sandboxes.measure(one));
}

/** Opens the commands of its writable shells as a new definition file in the editor. */
export async function draftSandbox({ hostId, path, name }: Sandbox): Promise<void> {
  const { definition, commands } = await client.sandboxes.draft({ hostId, path });
  openDraft({ name: `${name}.def`, text: definition });
  const said = commands === 0 ? 'draftedNone' : commands === 1 ? 'drafted_one' : 'drafted_other';
  tell(textOf('sandboxes:draftTitle'), textOf(`sandboxes:${said}`, { count: commands }));
}

/** Work that can change which sandboxes there are, or what is known of one. */
const concerning = /^(?:sandbox\.|image\.(?:pull|import|build|remove)$)/;

/** Reads the sandboxes again whenever work on them ends, until the returned function is called. */
export function followWork(): () => void {
  return tasksStore.subscribe((state, before) => {
    if (state.tasks === before.tasks || !before.isLoaded) return;
    const active = new Set(before.tasks.filter(isActive).map(({ id }) => id));
    for (const task of state.tasks)
      if (active.has(task.id) && !isActive(task) && concerning.test(task.kind)) afterWork(task);
  });
}

function afterWork({ id, kind, hostId, status, target }: Task): void {
  const work = sandboxesStore.getState().begun.find(({ taskId }) => taskId === id);
  void refreshSandboxes(hostId);
  if (kind === 'sandbox.restore' && target !== null) void forgetDifference(hostId, target);
  if (work === undefined || status.state === 'failed') return;
  forgetWork(id);
  // Whoever made one wants to see it; and whoever chose another one since, that one.
  const isNew = work.path === null || kind === 'sandbox.clone';
  if (status.state === 'succeeded' && status.result.path !== null && isNew)
    sandboxesStore.setState(({ chosenPath }) =>
      chosenPath === null || chosenPath === work.path ? { chosenPath: status.result.path } : {},
    );
}
