import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { showHost } from './hosts.ts';
import { goToPage } from './layout.ts';

/** An image that another page wants started, and the workspace that it is to have for a home. */
export interface ActionRequest {
  readonly hostId: HostId;
  readonly path: HostPath;
  readonly verb: ActionVerb;
  readonly workspace: WorkspaceId;
}

/** What the run dialog is to be opened with; null when nothing is asked for, or it was taken. */
const actionRequestStore = createStore<{ readonly request: ActionRequest | null }>()(() => ({
  request: null,
}));

/** Asks for the run dialog, which is the images page's: goes there. */
export function openAction(request: ActionRequest): void {
  actionRequestStore.setState({ request });
  showHost(request.hostId);
  goToPage('images');
}

/** Takes what was asked for: it is not to be answered again. */
export function takeAction(): ActionRequest | null {
  const { request } = actionRequestStore.getState();
  actionRequestStore.setState({ request: null });
  return request;
}

/** Whether a dialog is asked for. */
export function useIsActionWanted(): boolean {
  return useStore(actionRequestStore, ({ request }) => request !== null);
}
