import type { Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostCondition } from '#renderer/state/hosts.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { conditionLooks } from './hostLooks.ts';

export interface HostStateProps {
  readonly host: Host;
  /** Only the icon is drawn; the word is read out. */
  readonly isIconOnly?: boolean;
  readonly className?: string;
}

/** A host's state as icon and word, for one line of text. */
export function HostState({ host, isIconOnly = false, className }: HostStateProps) {
  const text = useText('hosts');
  const condition = hostCondition(host);
  const { icon: Icon, className: colour, isTurning } = conditionLooks[condition];
  return (
    <span className={classNames('inline-flex shrink-0 items-center gap-1 whitespace-nowrap', className)}>
      <Icon
        aria-hidden
        strokeWidth={2}
        className={classNames('size-3.5 shrink-0', colour, isTurning && 'animate-spin')}
      />
      <span className={isIconOnly ? 'sr-only' : colour}>{text(`condition.${condition}`)}</span>
    </span>
  );
}
