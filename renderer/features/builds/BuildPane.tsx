import { Ellipsis } from 'lucide-react';
import { useEffect } from 'react';
import type { BuildRecord } from '#core/contract/builds.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { queryClient } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Badge, type BadgeTone } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { TaskLog } from '#renderer/ui/TaskLog.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { buildAgain, failedLine, goToFailure, leadToFailure } from './buildActions.ts';
import { buildsStore, showBuildsDialog, useBuilds } from './buildsState.ts';
import { openBuiltDefinition } from './documents.ts';
import { MethodsSentence } from './MethodsSentence.tsx';
import { PhaseTimeline } from './PhaseTimeline.tsx';
import { useBuildRecord } from './useBuildHistory.ts';

const tones: Readonly<Record<BuildRecord['outcome'], BadgeTone>> = {
  running: 'accent',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'plain',
};

/** A build: phases, what came of it, and its log. */
export function BuildPane() {
  const text = useText('builds');
  const id = useBuilds((state) => state.buildId);
  const { build, error } = useBuildRecord(id);
  if (id === null) return <p className="px-3 text-small text-ink-3">{text('build.none')}</p>;
  if (error !== null && build === null) {
    return (
      <div className="px-3">
        <ErrorNotice report={failureReport(error)} />
      </div>
    );
  }
  if (build === null) {
    return (
      <div className="grid h-full place-items-center">
        <Spinner />
      </div>
    );
  }
  return <Build key={build.id} build={build} />;
}

function Build({ build }: { readonly build: BuildRecord }) {
  const text = useText('builds');
  const hasLog = useTasks((state) => state.tasks.some(({ id }) => id === build.id));
  useFailureShown(build);
  return (
    <section
      aria-label={text('build.name', { name: showControls(build.name) })}
      className="@container h-full min-h-0"
    >
      <div className="flex h-full min-h-0 flex-col gap-3 overflow-auto px-3 pb-2 @min-[40rem]:grid @min-[40rem]:grid-cols-2 @min-[40rem]:overflow-hidden">
        <div className="flex min-h-0 shrink-0 flex-col gap-2.5 *:shrink-0 @min-[40rem]:overflow-auto">
          <Head build={build} />
          {build.phases.length === 0 && build.outcome === 'running' ? (
            <p className="text-small text-ink-3">{text('build.waiting')}</p>
          ) : (
            <PhaseTimeline phases={build.phases} />
          )}
          {build.error === null ? null : <Failure build={build} report={build.error} />}
          <Facts build={build} />
          {build.outcome === 'succeeded' ? <MethodsSentence id={build.id} /> : null}
        </div>
        {hasLog ? (
          <TaskLog key={build.id} taskId={build.id} failure={failedCommand(build)} />
        ) : (
          <p className="text-small text-ink-3">{text('build.logGone')}</p>
        )}
      </div>
    </section>
  );
}

/** What the log marks: the command that the shell traced last. */
function failedCommand({ error }: BuildRecord): { readonly command: string | null } | null {
  if (error === null) return null;
  const command = error.data['command'];
  return { command: typeof command === 'string' ? command : null };
}

/** Leads to the line at once where a build that this window began has failed. */
function useFailureShown(build: BuildRecord): void {
  useEffect(() => leadToFailure(build), [build]);
}

function Head({ build }: { readonly build: BuildRecord }) {
  const text = useText('builds');
  const isRunning = build.outcome === 'running';
  return (
    <header className="flex flex-wrap items-center gap-2">
      <h2 className="min-w-0 truncate text-heading font-semibold">{showControls(build.name)}</h2>
      <Badge tone={tones[build.outcome]}>{text(`history.outcome.${build.outcome}`)}</Badge>
      <span className="flex-1" />
      {isRunning ? (
        <Button onClick={() => attempt(() => client.tasks.cancel({ id: build.id }))}>
          {text('build.cancel')}
        </Button>
      ) : (
        <Button onClick={() => attempt(() => buildAgain(build))}>{text('build.again')}</Button>
      )}
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label={text('build.more')} />}
        entries={[
          {
            id: 'change',
            label: text('build.change'),
            isDisabled: isRunning,
            onSelect: () => attempt(() => buildWithChanges(build)),
          },
          {
            id: 'open',
            label: text('build.openDefinition'),
            onSelect: () => attempt(() => openBuiltDefinition(build)),
          },
          {
            id: 'compare',
            label: text('build.compare'),
            onSelect: () => showBuildsDialog({ kind: 'compareRuns', build }),
          },
          'separator',
          {
            id: 'forget',
            label: text('build.forget'),
            isDisabled: isRunning,
            onSelect: () => attempt(() => forgetBuild(build)),
          },
        ]}
      />
    </header>
  );
}

async function forgetBuild({ id }: BuildRecord): Promise<void> {
  await client.builds.forget({ ids: [id] });
  buildsStore.setState({ buildId: null });
  await queryClient.invalidateQueries({ queryKey: ['builds.history'] });
}

async function buildWithChanges(build: BuildRecord): Promise<void> {
  const documentId = await openBuiltDefinition(build);
  showBuildsDialog({ kind: 'build', documentId, like: build });
}

function Failure({ build, report }: { readonly build: BuildRecord; readonly report: ErrorReport }) {
  const text = useText('builds');
  const line = failedLine(report);
  const output = report.data['outputTail'];
  return (
    <>
      <ErrorNotice
        report={report}
        action={
          line === null ? null : (
            <Button tone="primary" onClick={() => attempt(() => openAndGo(build))}>
              {text('build.goToLine', { line })}
            </Button>
          )
        }
      />
      {typeof output !== 'string' || output === '' ? null : (
        <div className="flex flex-col gap-1">
          <p className="text-small font-medium text-ink-2">{text('build.output')}</p>
          <CodeBlock label={text('build.output')} code={showControls(output)} maxHeightClass="max-h-32" />
        </div>
      )}
    </>
  );
}

async function openAndGo(build: BuildRecord): Promise<void> {
  if (!goToFailure(build)) {
    await openBuiltDefinition(build);
    goToFailure(build);
  }
}

function Facts({ build }: { readonly build: BuildRecord }) {
  const text = useText('builds');
  const now = useNow(1000);
  const host = useHosts((state) => hostOf(state, build.hostId));
  const seconds = Math.max(0, ((build.endedAt ?? now) - build.startedAt) / 1000);
  const items: Definition[] = [
    { term: text('build.target'), value: <span className="font-mono text-code">{build.target}</span> },
    {
      term: text('build.host'),
      value: <HostLabel colour={host?.colour ?? 0} label={showControls(build.hostLabel)} />,
    },
    {
      term: text('build.runtime'),
      value: showControls(`${build.runtime.product} ${build.runtime.version}, ${build.architecture}`),
    },
    {
      term: text('build.started'),
      value: `${clockText(build.startedAt, now)}, ${formatDuration(seconds)}`,
      title: wholeTimeText(build.startedAt),
    },
    { term: text('build.test'), value: text(`build.tests.${build.test}`) },
  ];
  if (build.sizeBytes !== null) items.push({ term: text('build.size'), value: formatBytes(build.sizeBytes) });
  if (build.digest !== null) {
    items.push({
      term: text('build.digest'),
      value: <span className="font-mono text-code">{build.digest}</span>,
    });
  }
  if (build.buildArguments.length > 0) {
    items.push({
      term: text('build.arguments'),
      value: build.buildArguments.map(({ name, value, isSecret }) => (
        <span key={name} className="block font-mono text-code">
          {`${name}=${isSecret || value === null ? text('build.secret') : showControls(value)}`}
        </span>
      )),
    });
  }
  return <DefinitionList items={items} />;
}
