import type { ImageForm } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Choice } from './Choice.tsx';

export interface FormChoiceProps {
  readonly value: ImageForm;
  readonly onChange: (form: ImageForm) => void;
}

/** What is made: one file, or a folder that can be changed. */
export function FormChoice({ value, onChange }: FormChoiceProps) {
  const text = useText('images');
  return (
    <Choice
      label={text('form.label')}
      value={value}
      options={[
        { id: 'sif', label: text('form.sif') },
        { id: 'sandbox', label: text('form.sandbox') },
      ]}
      onChange={onChange}
      hint={text(value === 'sif' ? 'form.sifHint' : 'form.sandboxHint')}
    />
  );
}
