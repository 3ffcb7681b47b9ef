import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { buildsStore } from './buildsState.ts';
import { buildsToForget, type CleanChoice, cleanChoices } from './historyClean.ts';
import { useBuildHistory } from './useBuildHistory.ts';

/** Takes builds off the history by kind or age. */
export function CleanHistoryDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('builds');
  const queries = useQueryClient();
  const [choice, setChoice] = useState<CleanChoice>('unsuccessful');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [openedAt] = useState(Date.now);
  const builds = useBuildHistory().builds ?? [];
  const ids = buildsToForget(builds, choice, openedAt);
  const count = ids.length;
  async function clean() {
    if (count === 0) return;
    setIsBusy(true);
    try {
      await client.builds.forget({ ids: [...ids] });
      const { buildId } = buildsStore.getState();
      if (buildId !== null && ids.includes(buildId)) buildsStore.setState({ buildId: null });
      await queries.invalidateQueries({ queryKey: ['builds.history'] });
      const title = textOf(`builds:cleanHistory.done_${count === 1 ? 'one' : 'other'}`, { count });
      addNotice({ tone: 'ok', title, detail: null, taskId: null, report: null });
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }
  return (
    <ConfirmDialog
      isOpen
      tone="danger"
      isBusy={isBusy}
      onCancel={onClose}
      onConfirm={() => void clean()}
      title={text('cleanHistory.title')}
      description={text('cleanHistory.text')}
      confirmLabel={text('cleanHistory.submit')}
    >
      <Field label={text('cleanHistory.which')}>
        {(control) => (
          <Select
            control={control}
            value={choice}
            onChange={setChoice}
            options={cleanChoices.map((value) => ({ value, label: text(`cleanHistory.choice.${value}`) }))}
          />
        )}
      </Field>
      <p role="status">
        {count === 0 ? text('cleanHistory.none') : text('cleanHistory.count', { count, all: builds.length })}
      </p>
      {failure === null ? null : <ErrorNotice report={failure} />}
    </ConfirmDialog>
  );
}
