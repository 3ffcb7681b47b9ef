import { FileWarning, TriangleAlert } from 'lucide-react';
import type { PackPlan } from '#core/contract/handover.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';

export interface ExistingTargetProps {
  readonly plan: PackPlan;
  readonly isOverwritten: boolean;
  readonly onChange: (isOverwritten: boolean) => void;
}

/** The file that has the name already: it is replaced only when the person says so. */
export function ExistingTarget({ plan, isOverwritten, onChange }: ExistingTargetProps) {
  const text = useText('workspacesForms');
  if (plan.exists === null) return null;
  return (
    <section role="status" className="flex gap-2 rounded-control bg-warn-soft p-2.5">
      <FileWarning aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <div className="flex min-w-0 flex-col gap-1.5">
        <p className="text-small font-semibold">
          {text('exists', { size: formatBytes(plan.exists.sizeBytes) })}
        </p>
        <Checkbox
          label={text('overwrite')}
          hint={text('overwriteHint')}
          isChecked={isOverwritten}
          onChange={onChange}
        />
      </div>
    </section>
  );
}

/** What should be known before it begins. */
export function PlanWarnings({ warnings }: { readonly warnings: readonly string[] }) {
  const text = useText('workspacesForms');
  if (warnings.length === 0) return null;
  return (
    <ul aria-label={text('warnings')} className="flex max-h-28 flex-col gap-1 overflow-auto text-small">
      {warnings.map((warning) => (
        <li key={warning} className="flex gap-2">
          <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" strokeWidth={1.75} />
          <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">{showControls(warning)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What a person would type to get the same. */
export function PlanByHand({ command }: { readonly command: string }) {
  const text = useText('workspacesForms');
  return (
    <section aria-label={text('byHand')} className="flex flex-col gap-1">
      <h3 className="text-small font-medium text-ink-2">{text('byHand')}</h3>
      <CommandLine command={command} />
    </section>
  );
}
