import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { queryClient } from '#renderer/api/query.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { addNotice, attempt } from '#renderer/state/notices.ts';
import { openPull } from '#renderer/state/pullRequest.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { forgetRegistry } from './lists.ts';
import { registriesStore, registryList } from './registriesState.ts';

/** Tells in passing that something was done. */
export function tell(title: string): void {
  addNotice({ tone: 'ok', title, detail: null, taskId: null, report: null });
}

/** Forgets what the workbench keeps to sign in to a registry (host and port). */
export function signOutOf(registry: string): void {
  attempt(async () => {
    await client.registries.signOut({ registry });
    await queryClient.invalidateQueries({ queryKey: ['registries.access'] });
    tell(textOf('registries:access.signedOut', { registry }));
  });
}

/**
 * After signing in to a registry (host and port): what was refused is asked for again, of the one that is shown at once
 * and of others there when they are opened, and a failed task is tried again.
 */
export function afterSigningIn(registry: string, taskId: TaskId | null): void {
  const { chosenId } = registriesStore.getState();
  for (const known of registryList()) {
    if (known.id === chosenId || registryHostOf(known) === registry) forgetRegistry(known.id);
  }
  void queryClient.invalidateQueries({ queryKey: ['registries.access'] });
  if (taskId === null) return;
  attempt(async () => {
    const retried = await client.tasks.retry({ id: taskId });
    showTask(retried.taskId);
  });
}

/** What is copied and pulled of the shown image: by tag, or by digest where that is chosen and known. */
export function chosenReference(): string | null {
  const { found, pullBy } = registriesStore.getState();
  if (found === null) return null;
  return pullBy === 'digest' ? (found.byDigest ?? found.reference) : found.reference;
}

/** Opens the pull dialog with the shown image. */
export function pullShown(form: 'sif' | 'sandbox'): void {
  const { found } = registriesStore.getState();
  const reference = chosenReference();
  if (found === null || reference === null) return;
  openPull({ reference, form, allowHttp: found.allowHttp });
}

/** Opens a shell in an unpacked image where it lies. */
export function openShellInPlace(): void {
  const { found } = registriesStore.getState();
  if (found?.holds !== 'sandbox') return;
  const action = {
    hostId: localHostId,
    path: hostPathFromText(found.reference),
    verb: 'shell' as const,
    options: defaultActionOptions,
    args: [],
    workspace: null,
  };
  attempt(() => openTerminal({ kind: 'container', action }));
}

/** Puts the cursor into the search field of the page. */
export function focusSearch(): void {
  document.querySelector<HTMLInputElement>('[data-page="registries"] search input')?.focus();
}
