import { RadioGroup } from 'radix-ui';
import { useId } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { RadioItem } from '#renderer/ui/RadioItem.tsx';

const colours = [
  { value: 1, name: 'teal' },
  { value: 2, name: 'violet' },
  { value: 3, name: 'orange' },
  { value: 4, name: 'green' },
] as const;

export interface ColourChoiceProps {
  readonly value: number;
  readonly onChange: (colour: number) => void;
}

/** One of the four colours of ssh hosts, each with its name. */
export function ColourChoice({ value, onChange }: ColourChoiceProps) {
  const text = useText('hostsForms');
  const labelId = useId();
  return (
    <div className="flex flex-col gap-1">
      <span id={labelId} className="text-small font-medium text-ink-2">
        {text('colour')}
      </span>
      <RadioGroup.Root
        aria-labelledby={labelId}
        value={String(value)}
        onValueChange={(chosen) => onChange(Number(chosen))}
        className="inline-flex self-start rounded-control border border-control-line bg-bg p-px"
      >
        {colours.map((colour) => (
          <RadioItem
            key={colour.value}
            value={String(colour.value)}
            className="flex h-6 items-center gap-1.5 rounded-small px-2 text-small text-ink-2 hover:text-ink data-[state=checked]:bg-accent-soft data-[state=checked]:font-semibold data-[state=checked]:text-accent"
          >
            <HostDot colour={colour.value} />
            {text(`colours.${colour.name}`)}
          </RadioItem>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
