import { classNames } from './classNames.ts';

const colours = ['bg-host-0', 'bg-host-1', 'bg-host-2', 'bg-host-3', 'bg-host-4'] as const;

/** The colour of a host, wherever something of that host appears. The name stands beside it. */
export function HostDot({ colour, className }: { readonly colour: number; readonly className?: string }) {
  return (
    <span
      aria-hidden
      className={classNames(
        'inline-block size-2.25 shrink-0 rounded-pill',
        colours[colour] ?? colours[0],
        className,
      )}
    />
  );
}
