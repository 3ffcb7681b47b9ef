import { Check, CircleX, Equal, FileWarning, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { imageKey } from './imageKey.ts';
import { sizeText } from './imageWords.ts';
import type { SendRow } from './sendPlan.ts';

/** Each image that was chosen to be sent, with what would happen to it. */
export function SendRows({ rows, host }: { readonly rows: readonly SendRow[]; readonly host: string }) {
  const text = useText('images');
  return (
    <ul
      aria-label={text('send.images')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable from the keyboard
      tabIndex={0}
      className="max-h-56 overflow-auto rounded-control border border-line bg-panel"
    >
      {rows.map((row) => (
        <li key={imageKey(row.image)} className="border-t border-line px-2.5 py-1.5 first:border-t-0">
          <div className="flex items-baseline gap-3">
            <bdi dir="ltr" title={row.image.path} className="min-w-0 flex-1 truncate font-medium">
              {row.image.name}
            </bdi>
            <span className="shrink-0 text-small tabular-nums">{sizeText(row.image)}</span>
          </div>
          <RowState row={row} host={host} />
        </li>
      ))}
    </ul>
  );
}

function RowState({ row, host }: { readonly row: SendRow; readonly host: string }) {
  const text = useText('images');
  switch (row.state) {
    case 'planning':
      return (
        <p className="flex items-center gap-1.5 text-small text-ink-3">
          <Spinner label={text('send.planning', { host })} className="text-ink-3" />
          {text('send.planning', { host })}
        </p>
      );
    case 'failed':
      return (
        <Line icon={CircleX} tone="text-bad">
          {[text('send.failed'), row.report.title, row.report.cause]
            .filter((words) => words !== '')
            .join('. ')}
        </Line>
      );
    case 'same':
      return (
        <Line icon={Equal} tone="text-ok">
          {text('send.isSame')}
        </Line>
      );
    case 'other':
      return (
        <Line icon={FileWarning} tone="text-warn">
          {text('send.isOther', { size: formatBytes(row.plan.exists?.sizeBytes ?? 0) })}
        </Line>
      );
    case 'new':
    case 'replaces':
      return (
        <>
          <Line
            icon={row.state === 'new' ? Check : FileWarning}
            tone={row.state === 'new' ? 'text-ok' : 'text-warn'}
          >
            {row.state === 'new'
              ? text('send.isNew')
              : text('send.replaces', { size: formatBytes(row.plan.exists?.sizeBytes ?? 0) })}
            {': '}
            <bdi dir="ltr" className="font-mono text-code">
              {row.plan.target}
            </bdi>
          </Line>
          {row.plan.warning === null ? null : (
            <Line icon={TriangleAlert} tone="text-warn">
              {row.plan.warning}
            </Line>
          )}
        </>
      );
  }
}

function Line(props: { readonly icon: LucideIcon; readonly tone: string; readonly children: ReactNode }) {
  const Icon = props.icon;
  return (
    <p className="flex items-start gap-1.5 text-small text-ink-2">
      <Icon aria-hidden className={`mt-px size-3.5 shrink-0 ${props.tone}`} strokeWidth={2} />
      <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">{props.children}</span>
    </p>
  );
}
