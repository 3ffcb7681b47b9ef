import { useEffect, useRef, useState } from 'react';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { RememberedRun } from '#core/contract/images.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { attempt } from '#renderer/state/notices.ts';
import { type ActionForm, emptyActionForm } from './actionForm.ts';

interface Address {
  readonly hostId: HostId;
  readonly path: HostPath;
}

/** Whole forms, words and variables too, until the window is closed. */
const remembered = new Map<string, ActionForm>();

function keyOf({ hostId, path }: Address): string {
  return `${hostId} ${path}`;
}

/**
 * The form of an image, as it was used last: in this window with all that was typed, else with what core keeps. What comes
 * late changes nothing that the person has touched; what the form was asked for with stands in the place of what was used.
 */
export function useRecalledForm(
  { hostId, path }: Address,
  verb: ActionVerb,
  askedFor: Partial<ActionForm> = {},
): readonly [ActionForm, (change: (old: ActionForm) => ActionForm) => void] {
  const [form, setForm] = useState(() => ({ ...recallForm({ hostId, path }, verb), ...askedFor }));
  const [isSettled, setIsSettled] = useState(() => remembered.has(keyOf({ hostId, path })));
  const wanted = useRef(askedFor);
  useEffect(() => {
    if (isSettled) return;
    const leaving = new AbortController();
    void client.images
      .recallRun({ hostId, path }, { signal: leaving.signal })
      .then(({ run }) => {
        if (leaving.signal.aborted || run === null) return;
        setForm((old) => ({ ...old, ...formOf(run), ...wanted.current }));
      })
      .catch(() => undefined); // the defaults stand, which hinders nobody
    return () => leaving.abort();
  }, [hostId, path, isSettled]);
  return [
    form,
    (change) => {
      setIsSettled(true);
      setForm(change);
    },
  ];
}

function recallForm(address: Address, verb: ActionVerb): ActionForm {
  const last = remembered.get(keyOf(address)) ?? emptyActionForm;
  // The words belong to the verb that they were typed for.
  return last.verb === verb ? last : { ...last, verb, line: '' };
}

function formOf({ binds, overlays = [], ...run }: RememberedRun): Partial<ActionForm> {
  const [overlay] = overlays;
  return {
    ...run,
    binds: binds.map((bind, index) => ({ id: index + 1, ...bind })),
    overlay: overlay?.path ?? null,
    isOverlayReadOnly: overlay?.isReadOnly ?? false,
  };
}

/** Keeps the form of an image for the next time; in core, what cannot hold secrets. */
export function rememberForm({ hostId, path }: Address, form: ActionForm, run: RememberedRun): void {
  remembered.set(keyOf({ hostId, path }), form);
  attempt(() => client.images.rememberRun({ hostId, path, run }));
}
