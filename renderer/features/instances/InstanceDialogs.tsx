import { lazy, Suspense } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import type { Instance } from '#core/contract/instances.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { tell } from '#renderer/state/notices.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { refreshInstances } from './instanceQueries.ts';
import { showInstancesDialog, useInstances } from './instancesState.ts';

const StartInstanceDialog = lazy(async () => ({
  default: (await import('./StartInstanceDialog.tsx')).StartInstanceDialog,
}));

/** Whichever dialog of the instances page is open. */
export function InstanceDialogs({ host }: { readonly host: Host }) {
  const dialog = useInstances((state) => state.dialog);
  const close = () => showInstancesDialog(null);
  if (dialog === null) return null;
  return dialog.kind === 'stop' ? (
    <StopDialog instance={dialog.instance} onClose={close} />
  ) : (
    <Suspense fallback={null}>
      <StartInstanceDialog host={host} imagePath={dialog.imagePath} onClose={close} />
    </Suspense>
  );
}

function StopDialog({ instance, onClose }: { readonly instance: Instance; readonly onClose: () => void }) {
  const text = useText('instances');
  const { isBusy, failure, submit } = useSubmit();
  const { hostId } = instance;
  const name = showControls(instance.name);
  async function stop() {
    await client.instances.stop({ hostId, name: instance.name });
    await refreshInstances(hostId);
    tell(textOf('instances:stopped', { name }));
    onClose();
  }
  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      failure={failure}
      title={text('stop.title', { name })}
      description={text('stop.text')}
      confirmLabel={text('stop.submit', { name: name.length > 30 ? `${name.slice(0, 29)}…` : name })}
      onCancel={onClose}
      onConfirm={() => void submit(stop)}
    />
  );
}
