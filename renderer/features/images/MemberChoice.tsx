import { RadioGroup } from 'radix-ui';
import { useId, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { RadioItem } from '#renderer/ui/RadioItem.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';

export interface MemberChoiceProps {
  readonly members: readonly string[];
  readonly value: string | null;
  readonly label: string;
  readonly onChange: (member: string) => void;
}

const shownLimit = 100;
const filteredFrom = 9;

/** One image of several, by the names that their archive or engine has for them: hostile text. */
export function MemberChoice({ members, value, label, onChange }: MemberChoiceProps) {
  const text = useText('images');
  const id = useId();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = members.filter((member) => member.toLowerCase().includes(wanted));
  const shown = found.slice(0, shownLimit);
  const more = found.length - shown.length;
  return (
    <div className="flex flex-col gap-1">
      <span id={id} className="text-small font-medium text-ink-2">
        {label}
      </span>
      {members.length >= filteredFrom ? (
        <SearchField label={text('import.memberFilter')} value={filter} onChange={setFilter} />
      ) : null}
      <RadioGroup.Root
        aria-labelledby={id}
        value={value}
        onValueChange={onChange}
        className="max-h-48 overflow-auto rounded-control border border-control-line"
      >
        {shown.map((member, index) => (
          <label
            key={member}
            htmlFor={`${id}-${index}`}
            className="flex min-h-7 items-center gap-2 border-t border-line px-2.5 py-1 first:border-t-0 hover:bg-hover has-data-[state=checked]:bg-accent-soft"
          >
            <RadioItem
              id={`${id}-${index}`}
              value={member}
              className="grid size-4 shrink-0 place-items-center rounded-pill border border-control-line bg-bg data-[state=checked]:border-accent"
            >
              <RadioGroup.Indicator className="size-2 rounded-pill bg-accent" />
            </RadioItem>
            <bdi dir="ltr" className="min-w-0 font-mono text-code [overflow-wrap:anywhere]">
              {showControls(member)}
            </bdi>
          </label>
        ))}
      </RadioGroup.Root>
      {more > 0 ? (
        <p className="text-small text-ink-3">{text('import.moreMembers', { count: more })}</p>
      ) : null}
    </div>
  );
}
