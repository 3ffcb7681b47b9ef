import { ChevronRight } from 'lucide-react';
import type { BuildPlan } from '#core/contract/builds.ts';
import type { Outline } from '#core/contract/definitions.ts';
import type { Compression } from '#core/contract/images.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Field, inputClass, TextField } from '#renderer/ui/Field.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { Switch } from '#renderer/ui/Switch.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import type { BuildForm, CheckedBuild } from './buildForm.ts';
import { CheckpointsField } from './CheckpointsField.tsx';

const architectures = ['amd64', 'arm64', 'ppc64le', 's390x'] as const;
const setting = 'setting';

export interface BuildOptionsFieldsProps {
  readonly form: BuildForm;
  readonly checked: CheckedBuild;
  readonly plan: BuildPlan | null;
  /** Of the definition; null where it is not known. */
  readonly outline: Outline | null;
  readonly onChange: (part: Partial<BuildForm>) => void;
}

/** What few builds need. Compression stands in view: it decides how long one waits. */
export function BuildOptionsFields({ form, checked, plan, outline, onChange }: BuildOptionsFieldsProps) {
  const text = useText('buildsForms');
  const epoch = Number(form.epoch);
  return (
    <>
      {form.form === 'sif' ? (
        <CompressionChoice
          value={form.compression}
          offered={plan?.compressions ?? null}
          onChange={(compression) => onChange({ compression })}
        />
      ) : null}
      <CheckpointsField
        value={form.checkpoints}
        planned={plan?.checkpoints ?? null}
        hasSome={outline?.stages.some(({ checkpoints }) => checkpoints.length > 0) ?? false}
        isRoot={form.way === 'sudo'}
        onChange={(checkpoints) => onChange({ checkpoints })}
      />
      <details className="group">
        <summary className="inline-flex list-none items-center gap-1 rounded-small text-small font-medium text-ink-2 hover:text-ink">
          <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
          {text('build.options')}
        </summary>
        <div className="flex flex-col gap-2.5 pt-2 pl-4.5">
          <Field label={text('build.binds')} hint={text('build.bindsHint')}>
            {(control) => (
              <textarea
                {...control}
                rows={2}
                spellCheck={false}
                value={form.binds}
                onChange={(event) => onChange({ binds: event.target.value })}
                className={`${inputClass} h-auto py-1 font-mono text-code`}
              />
            )}
          </Field>
          <Switch
            label={text('build.nv')}
            hint={text('build.nvHint')}
            isOn={form.nv}
            onChange={(nv) => onChange({ nv })}
          />
          <Switch
            label={text('build.noTest')}
            isOn={form.noTest}
            onChange={(noTest) => onChange({ noTest })}
          />
          <Switch
            label={text('build.reproducible')}
            hint={text('build.reproducibleHint')}
            isOn={form.isReproducible}
            onChange={(isReproducible) => onChange({ isReproducible })}
          />
          {form.isReproducible ? (
            <TextField
              label={text('build.epoch')}
              inputMode="numeric"
              value={form.epoch}
              onChange={(value) => onChange({ epoch: value })}
              hint={checked.epochProblem ? undefined : wholeTimeText(epoch * 1000)}
              problem={checked.epochProblem ? text('build.epochProblem') : null}
            />
          ) : null}
          <Field label={text('build.architecture')}>
            {(control) => (
              <Select
                control={control}
                value={form.architecture ?? setting}
                onChange={(chosen) => onChange({ architecture: chosen === setting ? null : chosen })}
                options={[
                  { value: setting, label: text('build.architectureOwn') },
                  ...architectures.map((name) => ({ value: name as string, label: name })),
                ]}
              />
            )}
          </Field>
          <PathField
            hostId={form.hostId}
            label={text('build.temporaryFolder')}
            wants="folder"
            offersWhenEmpty={false}
            placeholder={text('build.temporaryDefault')}
            value={form.temporaryFolder}
            onChange={(temporaryFolder) => onChange({ temporaryFolder })}
            problem={checked.temporaryFolderProblem === null ? null : text('build.notAbsolute')}
          />
        </div>
      </details>
    </>
  );
}

interface CompressionChoiceProps {
  readonly value: Compression | null;
  /** Null before the plan is known. */
  readonly offered: readonly Compression[] | null;
  readonly onChange: (value: Compression | null) => void;
}

function CompressionChoice({ value, offered, onChange }: CompressionChoiceProps) {
  const text = useText('buildsForms');
  const chosen = useSettings((state) => state.settings?.images.compression ?? null);
  if (offered?.length === 0) {
    return <p className="text-small text-ink-3">{text('build.compressionByRuntime')}</p>;
  }
  const price = value ?? chosen;
  return (
    <Field
      label={text('build.compression')}
      hint={price === null ? undefined : textOf(`settings:compressionPrices.${price}`)}
    >
      {(control) => (
        <Select
          control={control}
          value={value ?? setting}
          onChange={(name) => onChange(offered?.find((each) => each === name) ?? null)}
          options={[
            {
              value: setting,
              label:
                chosen === null
                  ? text('build.compressionDefault')
                  : text('build.compressionSetting', { name: textOf(`settings:compressions.${chosen}`) }),
            },
            ...(offered ?? []).map((name) => ({
              value: name as string,
              label: textOf(`settings:compressions.${name}`),
              detail: textOf(`settings:compressionPrices.${name}`),
            })),
          ]}
        />
      )}
    </Field>
  );
}
