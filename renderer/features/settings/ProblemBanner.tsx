import { TriangleAlert } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';

/** Says that the settings file could not be read, and why. */
export function ProblemBanner({ problem }: { readonly problem: string }) {
  const text = useText('settings');
  return (
    <div role="alert" className="flex gap-2.5 border-t border-line bg-warn-soft px-3 py-2">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0">
        <p className="font-semibold">{text('problem')}</p>
        <p className="font-mono text-code text-ink-2 [overflow-wrap:anywhere]" data-selectable>
          {problem}
        </p>
      </div>
    </div>
  );
}
