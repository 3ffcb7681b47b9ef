import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CleanPlan } from '#core/contract/cache.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery, queryClient } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field } from '#renderer/ui/Field.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { agoText, useNow } from '#renderer/ui/when.ts';

const keepChoices = ['0', '1', '7', '30', '90'] as const;
type KeepChoice = (typeof keepChoices)[number];
const shownLimit = 200;

/** Shows what a clean would delete (a dry run), then deletes it. */
export function CleanDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('storage');
  const [keep, setKeep] = useState<KeepChoice>('30');
  const plan = useQuery({
    ...contractQuery({
      path: 'cache.clean',
      hostId: null,
      input: keep,
      call: (signal) => client.cache.clean({ isDryRun: true, keepDays: Number(keep) }, { signal }),
    }),
    staleTime: 0,
  });
  const clean = useMutation({
    mutationFn: () => client.cache.clean({ isDryRun: false, keepDays: Number(keep) }),
    onSuccess: (done) => {
      addNotice({
        tone: 'ok',
        title: text('cleaned', { size: formatBytes(done.freesBytes) }),
        detail: null,
        taskId: null,
        report: null,
      });
      void queryClient.invalidateQueries({ queryKey: ['cache.usage'] });
      onClose();
    },
  });
  const count = plan.data?.entries.length ?? 0;
  const failure = clean.error ?? plan.error;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('cleanTitle')}
      description={text('cleanText')}
      onSubmit={() => (count > 0 ? clean.mutate() : undefined)}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button type="submit" tone="danger" disabled={count === 0} isBusy={clean.isPending}>
            {text('cleanNow', { count })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={text('keep')}>
          {(control) => (
            <Select
              control={control}
              value={keep}
              onChange={setKeep}
              options={keepChoices.map((value) => ({ value, label: text(`keepDays.${value}`) }))}
            />
          )}
        </Field>
        {failure === null ? null : <ErrorNotice report={failureReport(failure)} />}
        {plan.isPending ? <Spinner /> : null}
        {plan.data === undefined ? null : <PlanList plan={plan.data} />}
      </div>
    </Dialog>
  );
}

function PlanList({ plan }: { readonly plan: CleanPlan }) {
  const text = useText('storage');
  const now = useNow(60_000);
  if (plan.entries.length === 0) return <p className="text-ink-2">{text('nothingToClean')}</p>;
  const rest = plan.entries.length - shownLimit;
  return (
    <div>
      <p className="font-semibold">
        {text('frees', { size: formatBytes(plan.freesBytes), count: plan.entries.length })}
      </p>
      <div className="mt-1.5 max-h-72 overflow-auto rounded-control border border-line">
        <table className="w-full text-small tabular-nums">
          <caption className="sr-only">{text('plan')}</caption>
          <thead className="sticky top-0 bg-panel text-left text-ink-3">
            <tr>
              <th className="h-6.5 px-2 font-medium">{text('digest')}</th>
              <th className="px-2 text-right font-medium">{text('size')}</th>
              <th className="px-2 font-medium">{text('lastUsed')}</th>
            </tr>
          </thead>
          <tbody>
            {plan.entries.slice(0, shownLimit).map((entry) => (
              <tr key={`${entry.digest}${entry.isPartial}`} className="border-t border-line/60">
                <td className="h-6.5 max-w-60 truncate px-2 font-mono text-code" title={entry.digest}>
                  {entry.digest}
                </td>
                <td className="px-2 text-right whitespace-nowrap">{formatBytes(entry.sizeBytes)}</td>
                <td className="px-2 whitespace-nowrap text-ink-2">
                  {entry.isPartial ? `${text('halfFetched')}, ` : ''}
                  {agoText(entry.lastUsedAt, now)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rest > 0 ? <p className="mt-1 text-small text-ink-3">{text('more', { count: rest })}</p> : null}
    </div>
  );
}
