import type { BuildPhase, PhaseTime } from '#core/contract/builds.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useNow } from '#renderer/ui/when.ts';
import { timelineOf, totalsOf } from './phases.ts';

const tiles: Readonly<Record<BuildPhase, string>> = {
  send: 'bg-tile-4',
  bootstrap: 'bg-tile-0',
  files: 'bg-tile-5',
  post: 'bg-tile-1',
  test: 'bg-tile-3',
  squashfs: 'bg-tile-2',
  sif: 'bg-tile-4',
  receive: 'bg-tile-4',
};

/** The phases of a build: a picture as wide as they were long, and what each took in all as a list. */
export function PhaseTimeline({ phases }: { readonly phases: readonly PhaseTime[] }) {
  const text = useText('builds');
  const now = useNow(1000);
  const pieces = timelineOf(phases, now);
  const wordsOf = (phase: BuildPhase, seconds: number) =>
    text('build.timelinePiece', { phase: text(`build.phase.${phase}`), time: formatDuration(seconds) });
  if (pieces.length === 0) return null;
  return (
    <section aria-label={text('build.phases')} className="flex flex-col gap-1.5">
      <div
        role="img"
        aria-label={text('build.timeline', {
          phases: pieces.map(({ phase, seconds }) => wordsOf(phase, seconds)).join(', '),
        })}
        className="relative h-5.5 overflow-hidden rounded-small bg-line"
      >
        {pieces.map(({ index, phase, start, share, seconds }) => (
          <span
            key={index}
            title={wordsOf(phase, seconds)}
            style={{ left: `${start * 100}%`, width: `max(2px, ${share * 100}%)` }}
            className={`absolute inset-y-0 overflow-hidden border-l border-bg px-1 text-tiny leading-5.5 whitespace-nowrap text-tile-ink ${tiles[phase]}`}
          >
            {share > 0.12 ? text(`build.phase.${phase}`) : ''}
          </span>
        ))}
      </div>
      <ol className="flex flex-wrap gap-x-3 gap-y-0.5 text-small">
        {totalsOf(pieces).map(({ phase, seconds, isRunning }) => (
          <li key={phase} className="flex items-center gap-1.5">
            <span aria-hidden className={`size-2 rounded-pill ${tiles[phase]}`} />
            <span>{text(`build.phase.${phase}`)}</span>
            <span className="text-ink-2 tabular-nums">
              {isRunning ? text('build.running', { time: formatDuration(seconds) }) : formatDuration(seconds)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
