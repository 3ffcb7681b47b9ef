import { classNames } from './classNames.ts';

export interface ProgressBarProps {
  /** What moves, for those who do not see it. */
  readonly label: string;
  /** 0 to 1, or null where nobody knows: then the bar sweeps. */
  readonly fraction: number | null;
  readonly tone?: 'accent' | 'ok' | 'bad';
  readonly isThin?: boolean;
}

const fills = { accent: 'bg-accent', ok: 'bg-ok', bad: 'bg-bad' } as const;

/** How far a work is. */
export function ProgressBar({ label, fraction, tone = 'accent', isThin = false }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === null ? undefined : Math.floor(fraction * 100)}
      className={classNames('w-full overflow-hidden rounded-pill bg-line', isThin ? 'h-0.75' : 'h-1.25')}
    >
      {fraction === null ? (
        <div className={classNames('sweep h-full w-[30%] rounded-pill', fills[tone])} />
      ) : (
        <div
          className={classNames(
            'h-full origin-left rounded-pill transition-transform duration-200',
            fills[tone],
          )}
          style={{ transform: `scaleX(${fraction})` }}
        />
      )}
    </div>
  );
}
