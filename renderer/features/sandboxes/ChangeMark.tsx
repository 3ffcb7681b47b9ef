import { FileMinus, FilePen, FilePlus } from 'lucide-react';
import type { SandboxChange } from '#core/contract/sandboxes.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';

const looks = {
  added: { Icon: FilePlus, tone: 'text-ok' },
  changed: { Icon: FilePen, tone: 'text-warn' },
  removed: { Icon: FileMinus, tone: 'text-bad' },
} as const;

/** Added, changed or removed: icon and word, so that colour is never the only sign. */
export function ChangeMark({ what }: { readonly what: SandboxChange['what'] }) {
  const text = useText('sandboxes');
  const { Icon, tone } = looks[what];
  return (
    <span className={classNames('flex items-center gap-1.5 text-small', tone)}>
      <Icon aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
      {text(`changes.what.${what}`)}
    </span>
  );
}
