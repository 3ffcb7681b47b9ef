import { Ban, BrushCleaning, CircleCheck, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react';
import { memo, useState } from 'react';
import type { BuildSummary } from '#core/contract/builds.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { showBuild, showBuildsDialog, useBuilds } from './buildsState.ts';
import { filterBuilds } from './historyClean.ts';
import { useBuildHistory } from './useBuildHistory.ts';

const icons: Readonly<Record<BuildSummary['outcome'], readonly [LucideIcon, string]>> = {
  running: [LoaderCircle, 'text-accent animate-spin'],
  succeeded: [CircleCheck, 'text-ok'],
  failed: [CircleX, 'text-bad'],
  cancelled: [Ban, 'text-ink-3'],
};

/** The builds, newest first: what, what came of it, where, when, how long. */
export function HistoryList() {
  const text = useText('builds');
  const { builds, error } = useBuildHistory();
  const chosenId = useBuilds((state) => state.buildId);
  const [filter, setFilter] = useState('');
  const isRunning = builds?.some(({ outcome }) => outcome === 'running') ?? false;
  const now = useNow(isRunning ? 1000 : 60_000);
  const shown = filterBuilds(builds ?? [], filter, (outcome) => text(`history.outcome.${outcome}`));
  if (error !== null) {
    return (
      <div className="px-3">
        <ErrorNotice report={failureReport(error)} />
      </div>
    );
  }
  if (builds?.length === 0)
    return <p className="px-3 text-small text-pretty text-ink-3">{text('history.none')}</p>;
  return (
    <div className="flex h-full min-h-0 flex-col gap-1">
      <div className="flex items-center gap-1 px-3 pb-1">
        <SearchField
          label={text('history.filter')}
          value={filter}
          onChange={setFilter}
          className="min-w-0 flex-1"
        />
        <IconButton
          icon={BrushCleaning}
          label={text('history.clean')}
          onClick={() => showBuildsDialog({ kind: 'cleanHistory' })}
        />
      </div>
      {builds !== null && shown.length === 0 ? (
        <p className="px-3 text-small text-ink-3">{text('history.nothing')}</p>
      ) : null}
      <ul aria-label={text('history.list')} className="min-h-0 flex-1 overflow-auto pb-2">
        {shown.map((build) => (
          <BuildRow
            key={build.id}
            build={build}
            isChosen={build.id === chosenId}
            // Only what runs changes with each second: a thousand rows must not be drawn again.
            now={build.outcome === 'running' ? now : Math.floor(now / 60_000) * 60_000}
          />
        ))}
      </ul>
    </div>
  );
}

interface BuildRowProps {
  readonly build: BuildSummary;
  readonly isChosen: boolean;
  readonly now: number;
}

const BuildRow = memo(function BuildRow({ build, isChosen, now }: BuildRowProps) {
  const text = useText('builds');
  const [Icon, tone] = icons[build.outcome];
  const seconds = ((build.endedAt ?? now) - build.startedAt) / 1000;
  return (
    <li className="[contain-intrinsic-size:auto_4rem] [content-visibility:auto]">
      <button
        type="button"
        aria-current={isChosen ? 'true' : undefined}
        onClick={() => showBuild(build.id)}
        title={wholeTimeText(build.startedAt)}
        className={`flex w-full min-w-0 items-start gap-2 px-3 py-1.5 text-left focus-visible:-outline-offset-2 ${isChosen ? 'bg-selected' : 'hover:bg-hover'}`}
      >
        <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} strokeWidth={1.75} />
        <span className="min-w-0 flex-1">
          <bdi dir="ltr" className="block truncate">
            {showControls(build.name)}
          </bdi>
          <span className="block truncate text-small text-ink-2">
            {`${text(`history.outcome.${build.outcome}`)} ${text('history.on', { host: showControls(build.hostLabel) })}`}
          </span>
          <span className="block truncate text-small text-ink-3 tabular-nums">
            {`${clockText(build.startedAt, now)}, ${formatDuration(Math.max(0, seconds))}`}
          </span>
        </span>
      </button>
    </li>
  );
});
