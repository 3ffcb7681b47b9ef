import { CircleAlert, Info } from 'lucide-react';
import type { AdoptPlan } from '#core/contract/handover.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PlanWarnings } from './PlanParts.tsx';
import { softwareWords, systemWords } from './workspaceWords.ts';

/** Whether an adoption would not fit. */
export function lacksSpace({ neededBytes, freeBytes }: AdoptPlan): boolean {
  return neededBytes !== null && neededBytes > freeBytes;
}

/** What would come, where to, how and why so, and whether there is room. */
export function AdoptPlanView({ plan }: { readonly plan: AdoptPlan }) {
  const text = useText('workspacesForms');
  const page = useText('workspaces');
  const { manifest, neededBytes, freeBytes } = plan;
  const size = manifest.size;
  const sizes = {
    needed: neededBytes === null ? '' : formatBytes(neededBytes),
    free: formatBytes(freeBytes),
  };
  const isFull = lacksSpace(plan);
  const extras = [softwareWords(manifest), systemWords(manifest) ?? ''].filter((part) => part !== '');
  return (
    <section
      className="flex flex-col gap-2 rounded-control border border-line bg-panel p-2.5"
      data-selectable
    >
      <p className="flex items-start gap-2">
        <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" strokeWidth={1.75} />
        <span className="min-w-0">
          <span className="font-semibold">{text(`adopt.will.${plan.form}`)}</span>
          <span className="block text-small text-pretty text-ink-2">{showControls(plan.sentence)}</span>
        </span>
      </p>
      <DefinitionList
        items={[
          {
            term: text('adopt.what'),
            value:
              (size === null
                ? text('adopt.contentUnmeasured', { name: manifest.name })
                : `${manifest.name}, ${page('fact.sizeValue', { size: formatBytes(size.bytes), count: size.files })}`) +
              (extras.length === 0 ? '' : `; ${extras.join('; ')}`),
          },
          {
            term: text('adopt.into'),
            value: (
              <bdi dir="ltr" className="font-mono text-code">
                {plan.folder}
              </bdi>
            ),
          },
          ...(isFull
            ? []
            : [
                {
                  term: text('adopt.room'),
                  value:
                    neededBytes === null ? text('adopt.spaceUnknown', sizes) : text('adopt.space', sizes),
                },
              ]),
        ]}
      />
      {isFull ? (
        <p role="alert" className="flex items-start gap-2 text-small text-bad">
          <CircleAlert aria-hidden className="mt-px size-4 shrink-0" />
          {text('adopt.lacksSpace', sizes)}
        </p>
      ) : null}
      <PlanWarnings warnings={plan.warnings} />
    </section>
  );
}
