import { useQuery } from '@tanstack/react-query';
import type { Instance, InstanceStats } from '#core/contract/instances.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Tabs } from '#renderer/ui/Tabs.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { InstanceLog } from './InstanceLog.tsx';
import { instanceStatsQuery } from './instanceQueries.ts';
import { instancesStore, useInstances } from './instancesState.ts';

const minuteMs = 60_000;

/** One instance beside the list: what it is, what it uses, what it wrote. */
export function InstanceDetail({ instance }: { readonly instance: Instance }) {
  const text = useText('instances');
  const tab = useInstances((state) => state.tab);
  const host = useHosts((state) => hostOf(state, instance.hostId));
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  const name = showControls(instance.name);
  return (
    <aside
      aria-label={text('detail', { name })}
      className="flex h-full min-h-0 flex-col overflow-hidden bg-panel"
    >
      <div className="flex shrink-0 flex-col gap-2.5 p-3 pb-2">
        <div className="flex items-start gap-2">
          <h2
            className="min-w-0 flex-1 text-heading font-bold [overflow-wrap:anywhere] line-clamp-2"
            title={name}
          >
            {name}
          </h2>
          {host !== null && hasOthers ? (
            <HostLabel colour={host.colour} label={host.label} className="text-small text-ink-2" />
          ) : null}
        </div>
        {instance.isRunning === true ? (
          <div role="toolbar" aria-label={text('toolbar')} className="flex flex-wrap gap-1.5">
            <CommandButton id="instances.shell" tone="primary" />
            <span className="flex-1" />
            <CommandButton id="instances.stop" />
          </div>
        ) : null}
      </div>
      {instance.isRunning === true ? (
        <Tabs
          isInset
          label={text('tabs.label')}
          value={tab}
          onChange={(chosen) => instancesStore.setState({ tab: chosen })}
          items={[
            { id: 'overview', label: text('tabs.overview'), content: <Overview instance={instance} /> },
            { id: 'log', label: text('tabs.log'), content: <InstanceLog instance={instance} /> },
          ]}
        />
      ) : (
        <div className="flex flex-col gap-3 px-3">
          <p className="text-pretty text-ink-2">
            {text('otherNodeText', { node: showControls(instance.node) })}
          </p>
          <Facts instance={instance} />
        </div>
      )}
    </aside>
  );
}

function Overview({ instance }: { readonly instance: Instance }) {
  return (
    <div className="flex flex-col gap-3.5 px-3 pb-3">
      <Facts instance={instance} />
      <Stats instance={instance} />
    </div>
  );
}

function Facts({ instance }: { readonly instance: Instance }) {
  const text = useText('instances');
  const now = useNow(minuteMs);
  const { imagePath, node, processId, startedAt, workspace, outBytes, errorBytes } = instance;
  const items: readonly Definition[] = [
    {
      term: text('about.image'),
      value:
        imagePath === null ? (
          text('unknown')
        ) : (
          <span className="flex min-w-0 items-start gap-1">
            <bdi dir="ltr" data-selectable className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">
              {showControls(imagePath)}
            </bdi>
            <CopyButton value={imagePath} label={text('about.copyImage')} />
          </span>
        ),
    },
    { term: text('about.node'), value: showControls(node) },
    ...(processId === null ? [] : [{ term: text('about.process'), value: `${processId}` }]),
    {
      term: text('about.since'),
      ...(startedAt === null
        ? { value: text('unknown') }
        : { value: clockText(startedAt, now), title: wholeTimeText(startedAt) }),
    },
    ...(instance.isRunning === true
      ? [
          {
            term: text('about.workspace'),
            value: workspace === null ? text('noWorkspace') : showControls(workspace.name),
          },
        ]
      : []),
    ...(outBytes === null || errorBytes === null
      ? []
      : [
          {
            term: text('about.log'),
            value: text('about.logBytes', { out: formatBytes(outBytes), error: formatBytes(errorBytes) }),
          },
        ]),
  ];
  return <DefinitionList items={items} />;
}

function Stats({ instance }: { readonly instance: Instance }) {
  const text = useText('instances');
  const { data, error, isFetching, refetch } = useQuery(instanceStatsQuery(instance));
  return (
    <section aria-label={text('stats.title')} className="flex flex-col gap-1.5">
      <div className="flex items-center gap-2">
        <h3 className="min-w-0 flex-1 font-semibold">{text('stats.title')}</h3>
        <Button tone="quiet" isBusy={isFetching} onClick={() => void refetch()}>
          {text('stats.again')}
        </Button>
      </div>
      {error === null ? null : <ErrorNotice report={failureReport(error)} />}
      {error === null && data === undefined ? <Spinner label={text('stats.reading')} /> : null}
      {data === undefined ? null : <Numbers stats={data} />}
    </section>
  );
}

function Numbers({ stats }: { readonly stats: InstanceStats }) {
  const text = useText('instances');
  const { cpuSeconds, memoryBytes, memoryLimitBytes, processes, reason } = stats;
  const memory = memoryBytes === null ? text('unknown') : formatBytes(memoryBytes);
  return (
    <>
      <DefinitionList
        items={[
          {
            term: text('stats.cpu'),
            value: cpuSeconds === null ? text('unknown') : formatDuration(cpuSeconds),
          },
          {
            term: text('stats.memory'),
            value:
              memoryLimitBytes === null
                ? memory
                : text('stats.memoryOf', { used: memory, limit: formatBytes(memoryLimitBytes) }),
          },
          { term: text('stats.processes'), value: processes === null ? text('unknown') : `${processes}` },
        ]}
      />
      {reason === null ? null : (
        <p className="text-small text-pretty text-ink-3">
          {stats.source === 'processes'
            ? text('stats.counted', { reason: showControls(reason) })
            : showControls(reason)}
        </p>
      )}
    </>
  );
}
