import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { forgetRegistry } from './lists.ts';
import { goTo, registriesStore } from './registriesState.ts';
import { tell } from './registryActions.ts';

export interface DeleteImageDialogProps {
  readonly reference: string;
  readonly allowHttp: boolean;
  readonly onClose: () => void;
}

/** Asks before a manifest is deleted, and names every tag that goes with it. */
export function DeleteImageDialog({ reference, allowHttp, onClose }: DeleteImageDialogProps) {
  const text = useText('registriesForms');
  const common = useText('common');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const { data: plan, error } = useQuery({
    ...contractQuery({
      path: 'registries.planDelete',
      hostId: null,
      input: { reference, allowHttp },
      call: (signal) => client.registries.planDelete({ reference, allowHttp }, { signal }),
    }),
    // What goes is what is there now, not a while ago.
    gcTime: 0,
    staleTime: 0,
  });

  async function remove(digest: string) {
    setIsBusy(true);
    setFailure(null);
    try {
      await client.registries.delete({ reference, digest, allowHttp });
      const { chosenId } = registriesStore.getState();
      if (chosenId !== null) {
        goTo(chosenId, { shown: null });
        forgetRegistry(chosenId);
      }
      tell(textOf('registriesForms:delete.done'));
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  if (plan === undefined) {
    return (
      <Dialog
        isOpen
        width="narrow"
        onClose={onClose}
        title={text('delete.title')}
        footer={<Button onClick={onClose}>{common('cancel')}</Button>}
      >
        {error === null ? (
          <Spinner label={text('delete.reading')} />
        ) : (
          <ErrorNotice report={failureReport(error)} />
        )}
      </Dialog>
    );
  }
  const count = plan.tags.length;
  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => void remove(plan.digest)}
      title={text('delete.title')}
      description={count === 0 ? text('delete.noTags') : text('delete.text', { count })}
      confirmLabel={count === 0 ? text('delete.confirmManifest') : text('delete.confirm', { count })}
      tone="danger"
      isBusy={isBusy}
    >
      <div className="flex min-h-0 flex-col gap-1 rounded-control border border-line bg-panel px-2.5 py-2 text-small">
        {count === 0 ? null : (
          <ul
            aria-label={text('delete.tags')}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable from the keyboard
            tabIndex={0}
            className="flex max-h-48 flex-wrap gap-x-3 gap-y-1 overflow-auto"
          >
            {plan.tags.map((tag) => (
              <li key={tag} className="font-semibold [overflow-wrap:anywhere]">
                <bdi dir="ltr">{showControls(tag)}</bdi>
              </li>
            ))}
          </ul>
        )}
        <p className="font-mono text-code [overflow-wrap:anywhere] text-ink-2">{showControls(plan.digest)}</p>
        <p className="text-ink-2">{text('delete.size', { size: formatBytes(plan.sizeBytes) })}</p>
      </div>
      {plan.areAllTagsKnown ? null : <p className="text-small text-warn">{text('delete.unknownTags')}</p>}
      {failure === null ? null : <ErrorNotice report={failure} />}
    </ConfirmDialog>
  );
}
