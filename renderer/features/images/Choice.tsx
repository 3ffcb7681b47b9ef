import { RadioGroup as Primitive } from 'radix-ui';
import { type ReactNode, useId } from 'react';

export interface ChoiceProps<Id extends string> {
  readonly label: string;
  readonly value: Id;
  readonly options: readonly { readonly id: Id; readonly label: string }[];
  readonly onChange: (id: Id) => void;
  readonly hint?: ReactNode;
}

/** One of a few, all in view: segments side by side. */
export function Choice<Id extends string>({ label, value, options, onChange, hint }: ChoiceProps<Id>) {
  const id = useId();
  function choose(chosen: string) {
    const option = options.find((candidate) => candidate.id === chosen);
    if (option !== undefined) onChange(option.id);
  }
  return (
    <div className="flex flex-col gap-1">
      <span id={id} className="text-small font-medium text-ink-2">
        {label}
      </span>
      <Primitive.Root
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
        value={value}
        onValueChange={choose}
        orientation="horizontal"
        className="flex w-fit rounded-control border border-control-line bg-bg"
      >
        {options.map((option) => (
          <Primitive.Item
            key={option.id}
            value={option.id}
            className="h-6.5 border-l border-line px-3 text-ink-2 first:rounded-l-control first:border-l-0 last:rounded-r-control hover:text-ink data-[state=checked]:bg-accent-soft data-[state=checked]:font-semibold data-[state=checked]:text-accent"
          >
            {option.label}
          </Primitive.Item>
        ))}
      </Primitive.Root>
      {hint === undefined ? null : (
        <p id={`${id}hint`} className="text-small text-pretty text-ink-3">
          {hint}
        </p>
      )}
    </div>
  );
}
