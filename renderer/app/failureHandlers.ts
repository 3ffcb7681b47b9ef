import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import type { ErrorActionHandlers } from '#renderer/commands/errorActions.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { openHostPage } from '#renderer/features/hosts/hostsState.ts';
import {
  emptyImportStart,
  emptyPullStart,
  type PullStart,
  showImagesDialog,
} from '#renderer/features/images/imagesState.ts';
import { imageOfPush } from '#renderer/features/images/publishMemory.ts';
import { askSignIn } from '#renderer/features/registries/registriesState.ts';
import { connectHost, hostsStore } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { attempt } from '#renderer/state/notices.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { openTerminal } from '#renderer/state/terminals.ts';

/**
 * Opens the dialog of the failed pull, import or push with what it was about in it and one thing changed. A task's title
 * is its reference, or the path of the file that was imported.
 */
function startAgain(task: Task, change: Partial<PullStart>): void {
  goToPage('images');
  if (task.kind === 'image.publish') {
    // Of a push that another window began, the image has to be chosen again.
    const image = imageOfPush(task.id);
    if (image !== null) showImagesDialog({ kind: 'publish', image });
    return;
  }
  if (task.kind === 'image.import') {
    showImagesDialog({
      kind: 'import',
      start: {
        ...emptyImportStart,
        file: task.title.startsWith('/') ? { path: task.title, upload: null } : null,
        target: task.target,
        overwrite: change.overwrite ?? false,
      },
    });
    return;
  }
  showImagesDialog({
    kind: 'pull',
    start: { ...emptyPullStart, reference: task.title, target: task.target, ...change },
  });
}

/** The host that an action names by its id or its label; the task's own where neither is known (any more). */
function hostNamed(name: string, task: Task): HostId {
  const { hosts } = hostsStore.getState();
  const host = hosts.find(({ id }) => id === name) ?? hosts.find(({ label }) => label === name);
  return host?.id ?? task.hostId;
}

/** What the next click after a failed task does. */
export const failureHandlers: ErrorActionHandlers = {
  retry: (task) =>
    attempt(async () => {
      const { taskId } = await client.tasks.retry({ id: task.id });
      showTask(taskId);
    }),
  signIn: (task, { registry }) => askSignIn(registry, task.canRetry ? task.id : null),
  allowHttp: (task) => startAgain(task, { allowHttp: true }),
  overwrite: (task) => startAgain(task, { overwrite: true }),
  chooseFolder: (task) => startAgain(task, {}),
  freeSpace: () => void runCommand('storage.clean'),
  installRuntime: (task) => attempt(() => openTerminal({ kind: 'install', hostId: task.hostId })),
  openSettings: () => goToPage('settings'),
  connect: (task, { host }) => connectHost(hostNamed(host, task)),
  editHost: (task, { host }) => openHostPage(hostNamed(host, task), 'settings'),
};
