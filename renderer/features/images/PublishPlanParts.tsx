import { Check, Info, TriangleAlert } from 'lucide-react';
import type { PublishPlan } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';

/** What has the tag now. */
export function TagNow({
  plan,
  isPlanning,
}: {
  readonly plan: PublishPlan | null;
  readonly isPlanning: boolean;
}) {
  const text = useText('images');
  if (plan === null) return isPlanning ? <Spinner label={text('publish.looking')} /> : null;
  const { exists } = plan;
  const size = text('publish.size', { size: formatBytes(plan.sizeBytes) });
  if (exists === null) {
    return (
      <p role="status" className="flex items-start gap-1.5 text-small text-ink-2">
        <Info aria-hidden className="mt-px size-4 shrink-0 text-accent" />
        {`${text('publish.isNew')} ${size}`}
      </p>
    );
  }
  if (exists.isSame === true) {
    return (
      <p role="status" className="flex items-start gap-1.5 text-small text-ink-2">
        <Check aria-hidden className="mt-px size-4 shrink-0 text-ok" />
        {text('publish.isSame')}
      </p>
    );
  }
  return (
    <p role="status" className="flex items-start gap-1.5 rounded-control bg-warn-soft p-2.5 text-small">
      <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <span className="min-w-0" data-selectable>
        {text(exists.isSame === null ? 'publish.isUnknown' : 'publish.isOther')}
        <span className="block font-mono text-code [overflow-wrap:anywhere]">
          {showControls(exists.digest)}
        </span>
      </span>
    </p>
  );
}

/** The annotations that go with the image, those of the image itself among them: hostile text. */
export function WrittenBeside({ annotations }: { readonly annotations: PublishPlan['annotations'] }) {
  const text = useText('images');
  if (annotations.length === 0) return null;
  return (
    <section aria-label={text('publish.written')} className="flex flex-col gap-1">
      <h3 className="text-small font-medium text-ink-2">{text('publish.written')}</h3>
      <div className="max-h-32 overflow-auto">
        <DefinitionList
          items={annotations.map(({ name, value }) => ({
            term: showControls(name).replace(/^org\.opencontainers\.image\./, ''),
            value: showControls(value),
            title: showControls(name),
          }))}
        />
      </div>
    </section>
  );
}
