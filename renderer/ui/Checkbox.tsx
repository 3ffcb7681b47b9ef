import { Check, Minus } from 'lucide-react';
import { Checkbox as Primitive } from 'radix-ui';
import { type ReactNode, useId } from 'react';

export interface CheckboxProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly isChecked: boolean | 'indeterminate';
  readonly onChange: (isChecked: boolean) => void;
  readonly isDisabled?: boolean;
  /** Keeps the label for those who do not see, and hides it for the rest, as in a table. */
  readonly isLabelHidden?: boolean;
}

/** Yes or no, as part of a form. */
export function Checkbox({
  label,
  hint,
  isChecked,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
}: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <Primitive.Root
        id={id}
        checked={isChecked}
        onCheckedChange={(state) => onChange(state === true)}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
        className="mt-px grid size-4 shrink-0 place-items-center rounded-small border border-control-line bg-bg text-accent-ink disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
      >
        <Primitive.Indicator>
          {isChecked === 'indeterminate' ? (
            <Minus aria-hidden className="size-3.5" strokeWidth={3} />
          ) : (
            <Check aria-hidden className="size-3.5" strokeWidth={3} />
          )}
        </Primitive.Indicator>
      </Primitive.Root>
      <div className="min-w-0">
        <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'block'}>
          {label}
        </label>
        {hint === undefined ? null : (
          <p id={`${id}hint`} className="text-small text-pretty text-ink-3">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
