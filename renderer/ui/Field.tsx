import { CircleAlert } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './classNames.ts';

/** What a field gives to its control, so that label, hint and problem are read with it. */
export interface FieldControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value, as a sentence. */
  readonly problem?: string | null | undefined;
  readonly className?: string | undefined;
  readonly children: (control: FieldControlProps) => ReactNode;
}

/** A label, its control, a hint, and what is wrong with it. */
export function Field({ label, hint, problem, className, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}hint`;
  const problemId = `${id}problem`;
  const hasProblem = problem !== null && problem !== undefined;
  const describedBy = [hint === undefined ? '' : hintId, hasProblem ? problemId : ''].join(' ').trim();
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-small font-medium text-ink-2">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': hasProblem ? true : undefined,
      })}
      {hint === undefined ? null : (
        <p id={hintId} className="text-small text-pretty text-ink-3">
          {hint}
        </p>
      )}
      {hasProblem ? (
        <p id={problemId} role="alert" className="flex items-start gap-1 text-small text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {problem}
        </p>
      ) : null}
    </div>
  );
}

/** Classes of a text input, for the places that need a bare one. */
export const inputClass =
  'h-7 w-full min-w-0 rounded-control border border-control-line bg-bg px-2.5 text-ink placeholder:text-ink-3 aria-invalid:border-bad focus-visible:outline-offset-0 disabled:opacity-50';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly problem?: string | null | undefined;
  /** Monospaced, for paths and references. */
  readonly isCode?: boolean;
}

/** A labelled line of text. */
export function TextField({
  label,
  value,
  onChange,
  hint,
  problem,
  isCode = false,
  className,
  ...rest
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} problem={problem} className={className}>
      {(control) => (
        <input
          type="text"
          spellCheck={false}
          autoComplete="off"
          {...rest}
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(inputClass, isCode && 'font-mono text-code')}
        />
      )}
    </Field>
  );
}
