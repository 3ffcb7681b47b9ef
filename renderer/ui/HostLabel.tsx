import { classNames } from './classNames.ts';
import { HostDot } from './HostDot.tsx';

export interface HostLabelProps {
  readonly colour: number;
  readonly label: string;
  readonly className?: string;
}

/** A host by its colour and name: which machine a thing is on. */
export function HostLabel({ colour, label, className }: HostLabelProps) {
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-1.5', className)}>
      <HostDot colour={colour} />
      <bdi dir="ltr" className="truncate">
        {label}
      </bdi>
    </span>
  );
}
