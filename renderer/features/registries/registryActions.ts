import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { queryClient } from '#renderer/api/query.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { addNotice, attempt } from '#renderer/state/notices.ts';
import { openPull } from '#renderer/state/pullRequest.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
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

/** After signing in: what was refused is asked for again, and a failed task is tried again. */
export function afterSigningIn(taskId: TaskId | null): void {
  for (const { id } of registryList()) {
    if (id === registriesStore.getState().chosenId) forgetRegistry(id);
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

/** Puts the cursor into the search field of the page. */
export function focusSearch(): void {
  document.querySelector<HTMLInputElement>('[data-page="registries"] search input')?.focus();
}
