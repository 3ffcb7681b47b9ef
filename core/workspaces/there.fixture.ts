import { join } from 'node:path';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { TaskKind } from '#core/contract/tasks.ts';
import { type LineThere, openLine } from '#core/tasks/lineThere.fixture.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

/** A workbench with workspaces of a host of the test bed. No task counts as open for the removal of leftovers. */
export interface ThereFixture {
  readonly line: LineThere;
  readonly parent: HostPath;
  readonly fixture: WorkspacesFixture;
  tasks: TaskManager;
  start(kind: TaskKind, input: object): Promise<TaskId>;
  close(): Promise<void>;
}

/** `state` is this workbench's folder, `ssh` the one of its line; `parent` is new when null. */
export async function openThere(
  name: string,
  folders: { readonly state: string; readonly ssh: string; readonly parent: HostPath | null },
): Promise<ThereFixture> {
  const { state, ssh } = folders;
  const line = await openLine(name, ssh);
  const { host } = line;
  const parent =
    folders.parent ?? (await host.files.makeTemporaryFolder(host.homeFolder, "workspaces' goes on "));
  const fixture = createWorkspacesFixture({ folder: state, host, parent: hostPathToText(parent) ?? '' });
  const there: ThereFixture = {
    line,
    parent,
    fixture,
    tasks: await openTasks(state, fixture),
    start: (kind, input) => there.tasks.start(kind, { hostId: host.id, ...input }),
    async close() {
      await there.tasks.dispose();
      await host.files.remove(parent);
      await line.close();
      fixture.dispose();
    },
  };
  return there;
}

/** The tasks of a workbench, as its next start finds them. */
export async function openTasks(state: string, { workspaces }: WorkspacesFixture): Promise<TaskManager> {
  const tasks = await TaskManager.open(join(state, 'tasks'));
  for (const definition of workspaces.taskDefinitions) tasks.define(definition);
  return tasks;
}

/** Everything of a tree that a copy must have. */
export async function treeOf({ say }: LineThere, tree: HostPath): Promise<string> {
  return await say(
    `cd "$1" && { find . -mindepth 1 -printf '%P %y %m %l %Ts\\0'; find . -type f -size +0 -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum; } | LC_ALL=C sort -z | sha256sum`,
    tree,
  );
}

export function inside(folder: HostPath, ...names: readonly string[]): HostPath {
  return names.reduce<HostPath>((path, name) => joinPath(path, hostPathFromText(name)), folder);
}
