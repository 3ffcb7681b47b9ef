import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { Field, inputClass } from '#renderer/ui/Field.tsx';

const longest = 4000;

export interface DescriptionFieldProps {
  readonly label?: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A few lines of text about a workspace or a snapshot. */
export function DescriptionField({ label, hint, value, onChange }: DescriptionFieldProps) {
  const text = useText('workspacesForms');
  return (
    <Field label={label ?? text('description')} hint={hint ?? text('descriptionHint')}>
      {(control) => (
        <textarea
          {...control}
          rows={3}
          maxLength={longest}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(inputClass, 'h-auto resize-y py-1.5')}
        />
      )}
    </Field>
  );
}
