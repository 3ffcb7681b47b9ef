import { Check, ChevronDown } from 'lucide-react';
import { Select as Primitive } from 'radix-ui';
import { classNames } from './classNames.ts';
import type { FieldControlProps } from './Field.tsx';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A second line: what the choice costs or means. */
  readonly detail?: string;
}

export interface SelectProps<Value extends string> {
  /** Names it where no Field does. */
  readonly label?: string;
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly control?: FieldControlProps;
  readonly isDisabled?: boolean;
  readonly className?: string;
}

/** One of several values. Put it into a `Field`, or give it a `label`. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  control,
  isDisabled = false,
  className,
}: SelectProps<Value>) {
  function choose(chosen: string) {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option !== undefined) onChange(option.value);
  }
  return (
    <Primitive.Root value={value} onValueChange={choose} disabled={isDisabled}>
      <Primitive.Trigger
        {...control}
        aria-label={label}
        className={classNames(
          'flex h-7 min-w-0 items-center justify-between gap-2 rounded-control border border-control-line bg-bg pr-2 pl-2.5 text-left hover:bg-panel focus-visible:outline-offset-0 disabled:opacity-50',
          className,
        )}
      >
        <span className="truncate">
          <Primitive.Value>
            {options.find((option) => option.value === value)?.label ?? value}
          </Primitive.Value>
        </span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-3" />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="appear z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) rounded-card border border-line-strong bg-bg p-1 shadow-lift"
        >
          <Primitive.Viewport>
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={option.value}
                className="flex min-h-7 items-center gap-2 rounded-small py-1 pr-6 pl-1.5 outline-none select-none data-highlighted:bg-accent-soft"
              >
                <span className="grid size-4 shrink-0 place-items-center text-accent">
                  <Primitive.ItemIndicator>
                    <Check aria-hidden className="size-4" />
                  </Primitive.ItemIndicator>
                </span>
                <span className="flex flex-col">
                  <Primitive.ItemText>{option.label}</Primitive.ItemText>
                  {option.detail === undefined ? null : (
                    <span className="text-small text-ink-2">{option.detail}</span>
                  )}
                </span>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
