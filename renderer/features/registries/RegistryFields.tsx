import { isLoopbackRegistry } from '#core/contract/imageReference.ts';
import type { RegistryKind } from '#core/contract/registryKinds.ts';
import { abilitiesOf, registryHostOf, registryKinds } from '#core/contract/registryKinds.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Checkbox } from '#renderer/ui/Checkbox.tsx';
import { Field, TextField } from '#renderer/ui/Field.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { MirrorsField } from './MirrorsField.tsx';
import {
  addressShape,
  type RegistryField,
  type RegistryForm,
  type RegistryProblems,
} from './registryForm.ts';

export interface RegistryFieldsProps {
  readonly form: RegistryForm;
  readonly problems: RegistryProblems;
  readonly onChange: (change: Partial<RegistryForm>) => void;
}

/** What the settings keep of a registry. */
export function RegistryFields({ form, problems, onChange }: RegistryFieldsProps) {
  const text = useText('registriesForms');
  const kinds = useText('registries');
  const { kind } = form;
  const abilities = abilitiesOf(kind);
  const problemOf = (field: RegistryField) => {
    const problem = problems[field];
    return problem === undefined ? null : text(`problems.${problem}`);
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <Field label={text('kind')} className="w-44" {...(abilities.wasRun ? {} : { hint: kinds('notRun') })}>
          {(control) => (
            <Select<RegistryKind>
              control={control}
              value={kind}
              onChange={(chosen) => onChange({ kind: chosen })}
              options={registryKinds.map((value) => ({ value, label: kinds(`kinds.${value}`) }))}
            />
          )}
        </Field>
        <TextField
          label={text('label')}
          value={form.label}
          onChange={(label) => onChange({ label })}
          problem={problemOf('label')}
          className="min-w-48 flex-1"
        />
      </div>
      <TextField
        isCode
        label={text('address')}
        hint={text(`addressHint.${addressShape(kind)}`)}
        value={form.address}
        onChange={(address) => onChange({ address })}
        problem={problemOf('address')}
      />
      {kind === 'gitlab' ? (
        <TextField
          isCode
          label={text('apiUrl')}
          hint={text('apiUrlHint')}
          value={form.apiUrl}
          onChange={(apiUrl) => onChange({ apiUrl })}
          problem={problemOf('apiUrl')}
        />
      ) : null}
      {kind === 's3' ? <BucketFields form={form} problem={problemOf('bucket')} onChange={onChange} /> : null}
      {kind === 'folder' || isLoopbackRegistry(registryHostOf(form)) ? null : (
        <Checkbox
          label={text('allowHttp')}
          hint={text('allowHttpHint')}
          isChecked={form.allowHttp}
          onChange={(allowHttp) => onChange({ allowHttp })}
        />
      )}
      {abilities.hasMirrors ? (
        <MirrorsField mirrors={form.mirrors} onChange={(mirrors) => onChange({ mirrors })} />
      ) : null}
    </div>
  );
}

interface BucketFieldsProps extends Pick<RegistryFieldsProps, 'form' | 'onChange'> {
  readonly problem: string | null;
}

function BucketFields({ form, problem, onChange }: BucketFieldsProps) {
  const text = useText('registriesForms');
  return (
    <>
      <div className="flex flex-wrap items-start gap-3">
        <TextField
          label={text('bucket')}
          value={form.bucket}
          onChange={(bucket) => onChange({ bucket })}
          problem={problem}
          className="min-w-40 flex-1"
        />
        <TextField
          label={text('region')}
          value={form.region}
          onChange={(region) => onChange({ region })}
          placeholder="us-east-1"
          className="w-40"
        />
      </div>
      <div className="flex flex-col gap-1">
        <Segmented
          label={text('style')}
          value={form.style}
          onChange={(style) => onChange({ style })}
          options={[
            { value: 'path', label: text('styles.path') },
            { value: 'virtual', label: text('styles.virtual') },
          ]}
        />
        <p className="text-small text-ink-3">{text(`styleHint.${form.style}`)}</p>
      </div>
      <TextField
        isCode
        label={text('prefix')}
        hint={text('prefixHint')}
        value={form.prefix}
        onChange={(prefix) => onChange({ prefix })}
      />
    </>
  );
}
