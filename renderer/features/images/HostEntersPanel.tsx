import { CircleMinus, CirclePlus, TriangleAlert } from 'lucide-react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import type { ActionPreview } from './useActionPreview.ts';

export interface HostEntersPanelProps {
  readonly preview: ActionPreview | null;
  readonly failure: ErrorReport | null;
}

/** What a container gets of the host, and what stays out. */
export function HostEntersPanel({ preview, failure }: HostEntersPanelProps) {
  const text = useText('images');
  return (
    <aside
      aria-label={text('run.enters')}
      className="flex min-w-0 flex-col gap-3 self-start rounded-card border border-line bg-panel p-3"
    >
      <h3 className="text-small font-semibold">{text('run.enters')}</h3>
      {preview === null && failure === null ? <Spinner /> : null}
      {preview === null ? null : (
        <ul className="flex flex-col gap-1.5 text-small">
          {preview.enters.map((entry) => {
            const Icon = entry.enters ? CirclePlus : CircleMinus;
            return (
              <li key={`${entry.kind} ${entry.text}`} className="flex gap-2">
                <Icon
                  aria-hidden
                  className={
                    entry.enters ? 'mt-px size-4 shrink-0 text-warn' : 'mt-px size-4 shrink-0 text-ok'
                  }
                  strokeWidth={1.75}
                />
                <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">
                  <span className="sr-only">{text(entry.enters ? 'run.entersYes' : 'run.entersNot')}: </span>
                  {entry.text}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {preview?.warnings.map((warning) => (
        <p key={warning} className="flex gap-2 rounded-control bg-warn-soft p-2 text-small text-pretty">
          <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{warning}</span>
        </p>
      ))}
      {failure === null ? null : (
        <p role="alert" className="text-small text-pretty text-bad">
          {failure.title} {failure.nextStep}
        </p>
      )}
    </aside>
  );
}
