import { Switch as Primitive } from 'radix-ui';
import { type ReactNode, useId } from 'react';

export interface SwitchProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** On or off, at once. */
export function Switch({ label, hint, isOn, onChange, isDisabled = false }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Primitive.Root
        id={id}
        checked={isOn}
        onCheckedChange={onChange}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
        className="mt-px h-4.5 w-8 shrink-0 rounded-pill border border-control-line bg-rail p-px transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Primitive.Thumb className="block size-3.5 rounded-pill bg-control-line transition-transform data-[state=checked]:translate-x-3.5 data-[state=checked]:bg-accent-ink" />
      </Primitive.Root>
      <div className="min-w-0">
        <label htmlFor={id} className="block">
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
