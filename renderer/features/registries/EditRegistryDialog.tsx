import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { forgetRegistry } from './lists.ts';
import { RegistryFields } from './RegistryFields.tsx';
import { registryList, saveRegistry } from './registriesState.ts';
import { checkRegistryForm, formOf, type RegistryForm, type RegistryProblems } from './registryForm.ts';

export interface EditRegistryDialogProps {
  readonly registry: RegistrySettings;
  readonly onClose: () => void;
}

/** Changes what is kept of a registry. */
export function EditRegistryDialog({ registry, onClose }: EditRegistryDialogProps) {
  const text = useText('registriesForms');
  const common = useText('common');
  const [form, setForm] = useState<RegistryForm>(() => formOf(registry));
  const [problems, setProblems] = useState<RegistryProblems>({});
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);

  async function save() {
    if (isBusy) return;
    const others = registryList().filter(({ id }) => id !== registry.id);
    const checked = checkRegistryForm(
      form,
      others.map(({ label }) => label),
    );
    if (!checked.ok) return setProblems(checked.problems);
    setIsBusy(true);
    try {
      await saveRegistry({ ...checked.settings, id: registry.id });
      forgetRegistry(registry.id);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  return (
    <Dialog
      isOpen
      isHeld
      onClose={onClose}
      title={text('edit.title', { registry: registry.label })}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('edit.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <RegistryFields
          form={form}
          problems={problems}
          onChange={(change) => {
            setProblems({});
            setForm({ ...form, ...change });
          }}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
