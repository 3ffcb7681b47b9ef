import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { type ActionForm, emptyActionForm } from './actionForm.ts';

const remembered = new Map<string, ActionForm>();

function keyOf(hostId: HostId, path: HostPath): string {
  return `${hostId} ${path}`;
}

/** The options that were last used with an image, until the window is closed. */
export function recallAction(hostId: HostId, path: HostPath, verb: ActionVerb): ActionForm {
  const last = remembered.get(keyOf(hostId, path)) ?? emptyActionForm;
  // The words belong to the verb that they were typed for.
  return last.verb === verb ? last : { ...last, verb, line: '' };
}

/** Keeps the options of an image for the next time. */
export function rememberAction(hostId: HostId, path: HostPath, form: ActionForm): void {
  remembered.set(keyOf(hostId, path), form);
}
