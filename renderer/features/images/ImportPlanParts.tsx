import { FileSearch, TriangleAlert } from 'lucide-react';
import type { ImportPlan } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';

/** What the content of the file says that it is. */
export function WhatItIs({
  plan,
  isPlanning,
}: {
  readonly plan: ImportPlan | null;
  readonly isPlanning: boolean;
}) {
  const text = useText('images');
  if (plan === null) return isPlanning ? <Spinner label={text('import.looking')} /> : null;
  const kind = text(`import.kinds.${plan.kind}`);
  return (
    <p role="status" className="flex items-center gap-1.5 text-ink-2">
      <FileSearch aria-hidden className="size-4 shrink-0 text-accent" strokeWidth={1.75} />
      <span>
        {plan.sizeBytes === null
          ? kind
          : text('import.kindSize', { kind, size: formatBytes(plan.sizeBytes) })}
      </span>
    </p>
  );
}

/** What will not come through as it is; the names in it are those of the archive. */
export function ImportWarnings({ warnings }: { readonly warnings: readonly string[] }) {
  const text = useText('images');
  if (warnings.length === 0) return null;
  return (
    <section
      aria-label={text('import.warnings')}
      className="flex gap-2 rounded-control bg-warn-soft p-2.5 text-small"
    >
      <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{text('import.warnings')}</p>
        <ul className="max-h-40 overflow-auto text-ink-2">
          {warnings.map((warning) => (
            <li key={warning} className="text-pretty [overflow-wrap:anywhere]" data-selectable>
              {showControls(warning)}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
