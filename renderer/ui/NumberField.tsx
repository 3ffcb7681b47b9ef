import { type ReactNode, useState } from 'react';
import { Field, inputClass } from './Field.tsx';

export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly hint?: ReactNode;
  /** After the field, such as a unit. */
  readonly unit?: string;
  /** What is wrong with a number that was typed, or null; NaN is what is no number. */
  readonly problemOf: (value: number) => string | null;
  /** Called with a number that has no problem, when the person leaves the field or presses Enter. */
  readonly onCommit: (value: number) => void;
}

/** A number that is kept when the person is done with it. Escape puts back what was. */
export function NumberField({ label, value, hint, unit, problemOf, onCommit }: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const typed = draft === null ? value : draft.trim() === '' ? Number.NaN : Number(draft.replace(',', '.'));
  const problem = draft === null ? null : problemOf(typed);
  function commit() {
    if (draft === null || problem !== null) return;
    setDraft(null);
    if (typed !== value) onCommit(typed);
  }
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <span className="flex items-center gap-2">
          <input
            {...control}
            type="text"
            inputMode="decimal"
            value={draft ?? String(value)}
            onChange={(event) => setDraft(event.target.value)}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') commit();
              if (event.key === 'Escape') setDraft(null);
            }}
            className={`${inputClass} max-w-28 tabular-nums`}
          />
          {unit === undefined ? null : <span className="text-ink-2">{unit}</span>}
        </span>
      )}
    </Field>
  );
}
