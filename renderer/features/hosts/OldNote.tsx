import { History } from 'lucide-react';
import type { Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { agoText, useNow } from '#renderer/ui/when.ts';

/** Says above what is known of a host that it is from before: the host cannot be asked now. */
export function OldNote({ host, className }: { readonly host: Host; readonly className?: string }) {
  const text = useText('hosts');
  const now = useNow(10_000);
  if (isReachable(host) || host.facts === null) return null;
  return (
    <p
      className={classNames(
        'flex items-center gap-2 rounded-control bg-warn-soft px-2.5 py-1.5 text-small',
        className,
      )}
    >
      <History aria-hidden className="size-3.5 shrink-0 text-warn" />
      {text('old', { ago: agoText(host.facts.checkedAt, now), host: host.label })}
    </p>
  );
}
