import { Check, type LucideIcon, TriangleAlert, X } from 'lucide-react';
import type { Verdict } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge, type BadgeTone } from '#renderer/ui/Badge.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { classNames } from '#renderer/ui/classNames.ts';

const looks: Readonly<
  Record<
    Verdict['level'],
    { readonly icon: LucideIcon; readonly tone: BadgeTone; readonly className: string }
  >
> = {
  works: { icon: Check, tone: 'ok', className: 'text-ok' },
  risk: { icon: TriangleAlert, tone: 'warn', className: 'text-warn' },
  blocked: { icon: X, tone: 'bad', className: 'text-bad' },
};

/** A verdict: the sentence, the fact behind it, and the one line that mends it with who must run it. */
export function VerdictRow({ verdict }: { readonly verdict: Verdict }) {
  const text = useText('hosts');
  const { icon: Icon, tone, className } = looks[verdict.level];
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-2.5 gap-y-0.5 border-b border-line px-3 py-2.25">
      <Icon aria-hidden className={classNames('mt-px size-4', className)} strokeWidth={2} />
      <p className="font-semibold text-pretty" data-selectable>
        {verdict.sentence}
      </p>
      <Badge tone={tone} icon={null}>
        {text(`levels.${verdict.level}`)}
      </Badge>
      <p
        className="col-span-2 col-start-2 text-small text-pretty text-ink-2 [overflow-wrap:anywhere]"
        data-selectable
      >
        {verdict.fact}
      </p>
      {verdict.fix === null ? null : (
        <div className="col-span-2 col-start-2 pt-1">
          <CommandLine command={verdict.fix.command}>
            <span className="shrink-0 text-small text-ink-3">{text(`who.${verdict.fix.who}`)}</span>
          </CommandLine>
        </div>
      )}
    </li>
  );
}
