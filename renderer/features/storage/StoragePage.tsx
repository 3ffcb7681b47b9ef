import { useQuery } from '@tanstack/react-query';
import type { CacheUsage } from '#core/contract/cache.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { CheckpointsSection } from './CheckpointsSection.tsx';
import { CleanDialog } from './CleanDialog.tsx';
import { showClean, useIsCleanShown } from './storageState.ts';
import { UsageBar } from './UsageBar.tsx';

/** The layer store and the checkpoints of builds: what they take, what bounds them, and how to clean them. */
export function StoragePage() {
  const text = useText('storage');
  const isCleanShown = useIsCleanShown();
  // Each end of a task, and each change of the cap, may have changed the store.
  const endedTasks = useTasks((state) => state.tasks.filter((task) => task.endedAt !== null).length);
  const capBytes = useSettings((state) => state.settings?.layers.capBytes ?? 0);
  const usage = useQuery(
    contractQuery({
      path: 'cache.usage',
      hostId: null,
      input: { endedTasks, capBytes },
      call: (signal) => client.cache.usage(undefined, { signal }),
    }),
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        title={text('title')}
        detail={
          usage.data === undefined
            ? undefined
            : text('detail', { size: formatBytes(usage.data.usedBytes), count: usage.data.layers })
        }
      >
        <Button onClick={() => goToPage('settings')}>{text('changeCap')}</Button>
        <CommandButton id="storage.clean" tone="primary" />
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-auto border-t border-line p-3">
        {usage.error === null ? null : (
          <ErrorNotice
            report={failureReport(usage.error)}
            action={<Button onClick={() => void usage.refetch()}>{text('again')}</Button>}
          />
        )}
        {usage.isPending ? <Spinner /> : null}
        {usage.data === undefined ? null : <Usage usage={usage.data} />}
        <CheckpointsSection />
      </div>
      {isCleanShown ? <CleanDialog onClose={() => showClean(false)} /> : null}
    </div>
  );
}

function Usage({ usage }: { readonly usage: CacheUsage }) {
  const text = useText('storage');
  return (
    <section aria-label={text('usage')} className="flex max-w-180 flex-col gap-3">
      <p className="text-pretty text-ink-2">{text('text')}</p>
      <UsageBar usage={usage} />
      <DefinitionList
        items={[
          { term: text('folder'), value: <span className="font-mono text-code">{usage.path}</span> },
          { term: text('layers'), value: usage.layers.toLocaleString() },
          { term: text('used'), value: formatBytes(usage.usedBytes) },
          { term: text('partial'), value: `${formatBytes(usage.partialBytes)}. ${text('partialHint')}` },
          { term: text('cap'), value: formatBytes(usage.capBytes) },
        ]}
      />
    </section>
  );
}
