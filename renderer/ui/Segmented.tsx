import type { LucideIcon } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useId } from 'react';
import { RadioItem } from '#renderer/ui/RadioItem.tsx';

export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly icon?: LucideIcon }[];
  readonly onChange: (value: Value) => void;
  readonly isDisabled?: boolean;
}

/** One of a few values, all in view. Arrow keys choose. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  isDisabled = false,
}: SegmentedProps<Value>) {
  const labelId = useId();
  function choose(chosen: string) {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option !== undefined) onChange(option.value);
  }
  return (
    <div className="flex flex-col gap-1">
      <span id={labelId} className="text-small font-medium text-ink-2">
        {label}
      </span>
      <RadioGroup.Root
        aria-labelledby={labelId}
        value={value}
        onValueChange={choose}
        disabled={isDisabled}
        className="inline-flex self-start rounded-control border border-control-line bg-bg p-px data-disabled:opacity-50"
      >
        {options.map(({ value: optionValue, label: optionLabel, icon: Icon }) => (
          <RadioItem
            key={optionValue}
            value={optionValue}
            className="flex h-6 items-center gap-1.5 rounded-small px-2.5 text-ink-2 hover:text-ink data-[state=checked]:bg-accent-soft data-[state=checked]:font-semibold data-[state=checked]:text-accent"
          >
            {Icon === undefined ? null : <Icon aria-hidden className="size-4" strokeWidth={1.75} />}
            {optionLabel}
          </RadioItem>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
