import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { removeRegistry } from './registriesState.ts';
import { kindIcons } from './registryLooks.ts';
import { addressText } from './registryWords.ts';

export interface RemoveRegistryDialogProps {
  readonly registry: RegistrySettings;
  readonly onClose: () => void;
}

/** Asks before a registry is forgotten, and names what is forgotten with it. */
export function RemoveRegistryDialog({ registry, onClose }: RemoveRegistryDialogProps) {
  const text = useText('registriesForms');
  const { isBusy, failure, submit } = useSubmit();
  const Icon = kindIcons[registry.kind];
  const { mirrors } = registry;

  async function remove() {
    await removeRegistry(registry.id);
    onClose();
  }

  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => void submit(remove)}
      title={text('remove.title', { registry: registry.label })}
      description={text('remove.text')}
      confirmLabel={text('remove.confirm')}
      tone="danger"
      isBusy={isBusy}
      failure={failure}
    >
      <p className="flex items-center gap-2 rounded-control border border-line bg-panel px-2.5 py-1.5">
        <Icon aria-hidden className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
        <bdi dir="ltr" className="max-w-[50%] truncate font-semibold">
          {registry.label}
        </bdi>
        <bdi dir="ltr" className="min-w-0 flex-1 truncate text-right text-small text-ink-2">
          {addressText(registry)}
        </bdi>
      </p>
      {mirrors.length === 0 ? null : (
        <p className="text-small [overflow-wrap:anywhere] text-ink-2">
          {text('remove.mirrors', { count: mirrors.length, list: mirrors.join(', ') })}
        </p>
      )}
      <p className="text-small text-ink-2">{text('remove.credentials')}</p>
    </ConfirmDialog>
  );
}
