import type { Host } from '#core/contract/hosts.ts';
import type { PullPlan } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { CompressionField, compressions } from './CompressionField.tsx';
import { Disclosure } from './Disclosure.tsx';
import type { CheckedPull, PullForm } from './pullForm.ts';

export interface PullOptionsProps {
  readonly form: PullForm;
  readonly checked: CheckedPull;
  readonly host: Host;
  readonly plan: PullPlan | null;
  readonly onChange: (part: Partial<PullForm>) => void;
}

/** Architectures that registries have images for, by their OCI names. */
const architectures = ['amd64', 'arm64', 'ppc64le', 's390x', 'riscv64', 'arm', '386'] as const;

/** Architecture and compression, each with what the choice costs. */
export function PullOptions({ form, checked, host, plan, onChange }: PullOptionsProps) {
  const text = useText('images');
  const setting = useSettings((state) => state.settings?.images.compression ?? null);
  const own = host.facts?.architecture ?? null;
  const isBuilt = (checked.target === null || checked.target.kind === 'docker') && checked.form === 'sif';
  // The runtime of another host compresses by itself; where core may choose, its plan says so.
  const isChosenHere = host.kind === 'local' || (plan !== null && plan.compressions.length > 0);
  const architecture = form.architecture ?? checked.pasted.architecture ?? 'host';
  const isForeign = architecture !== 'host' && own !== null && architecture !== own;
  const summary = [
    ...(architecture === 'host' ? [] : [architecture]),
    ...(form.compression === null ? [] : [text(`pull.compressions.${form.compression}`)]),
  ].join(', ');
  const offered = plan === null || plan.compressions.length === 0 ? compressions : plan.compressions;
  const listed = architectures.some((name) => name === architecture) || architecture === 'host';
  return (
    <Disclosure label={text('pull.options')} summary={summary === '' ? null : summary}>
      <div className="grid grid-cols-2 gap-2.5">
        <Field label={text('pull.architecture')}>
          {(control) => (
            <Select
              control={control}
              value={architecture}
              onChange={(value) => onChange({ architecture: value === 'host' ? null : value })}
              options={[
                {
                  value: 'host',
                  label:
                    own === null
                      ? text('pull.hostArchitectureUnknown')
                      : text('pull.hostArchitecture', { architecture: own }),
                },
                ...(listed ? [] : [{ value: architecture, label: architecture }]),
                ...architectures.map((name) => ({ value: name as string, label: name })),
              ]}
            />
          )}
        </Field>
        {isBuilt && isChosenHere ? (
          <CompressionField
            value={form.compression}
            offered={offered}
            onChange={(compression) => onChange({ compression })}
          />
        ) : null}
      </div>
      {isForeign ? (
        <p className="text-small text-pretty text-warn">
          {text('pull.architectureWarning', { architecture: own })}
        </p>
      ) : null}
      {checked.form === 'sandbox' ? null : (
        <p className="text-small text-pretty text-ink-3">
          {isBuilt && !isChosenHere
            ? text('pull.compressionByHost', { host: host.label })
            : isBuilt
              ? text(`pull.compressionPrice.${form.compression ?? setting ?? 'gzip-6'}`)
              : text('pull.compressionNotUsed')}
        </p>
      )}
    </Disclosure>
  );
}
