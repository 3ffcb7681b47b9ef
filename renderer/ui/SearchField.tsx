import { Search, X } from 'lucide-react';
import type { KeyboardEvent, Ref } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from './classNames.ts';

export interface SearchFieldProps {
  /** Placeholder and name. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly className?: string;
}

/** A text that filters; Escape empties it. */
export function SearchField({ label, value, onChange, onKeyDown, inputRef, className }: SearchFieldProps) {
  const text = useText('common');
  return (
    <span
      className={classNames(
        'flex h-7 items-center gap-2 rounded-control border border-control-line bg-bg pr-1 pl-2.5 text-ink-3 focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent',
        className,
      )}
    >
      <Search aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      <input
        ref={inputRef}
        type="text"
        spellCheck={false}
        autoComplete="off"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.stopPropagation();
            onChange('');
          } else onKeyDown?.(event);
        }}
        className="h-full min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-ink-3"
      />
      {value === '' ? null : (
        <button
          type="button"
          aria-label={text('clearText')}
          onClick={() => onChange('')}
          className="grid size-5 shrink-0 place-items-center rounded-small hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </span>
  );
}
