import { useText } from '#renderer/i18n/i18n.ts';
import { Segmented } from '#renderer/ui/Segmented.tsx';

export type AdoptForm = 'automatic' | 'over' | 'unpacked';

const forms: readonly AdoptForm[] = ['automatic', 'over', 'unpacked'];

export interface AdoptFormFieldProps {
  readonly value: AdoptForm;
  readonly onChange: (form: AdoptForm) => void;
}

/** At once over the packed file, or unpacked; what it means stands below. */
export function AdoptFormField({ value, onChange }: AdoptFormFieldProps) {
  const text = useText('workspacesForms');
  return (
    <div>
      <Segmented
        label={text('adopt.form')}
        value={value}
        options={forms.map((form) => ({ value: form, label: text(`adopt.${form}`) }))}
        onChange={onChange}
      />
      <p className="mt-1 text-small text-ink-3">{text(`adopt.formHints.${value}`)}</p>
    </div>
  );
}
