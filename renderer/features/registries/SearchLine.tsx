import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { Button } from '#renderer/ui/Button.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';

const debounceMs = 300;

export interface SearchLineProps {
  readonly label: string;
  /** What was asked for last. */
  readonly value: string;
  /** Told 300 ms after the last key, and at once with Enter. */
  readonly onSearch: (value: string) => void;
  /** Nothing is asked while typing: only Enter or the button, which has these words, asks. */
  readonly submitLabel?: string;
  /** ArrowDown: from the field into the list. */
  readonly onDown: () => void;
  readonly children?: ReactNode;
}

/** A text that asks a registry. */
export function SearchLine({ label, value, onSearch, submitLabel, onDown, children }: SearchLineProps) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  // Somebody else changed what is asked for.
  if (told !== value) {
    setTold(value);
    setTyped(value);
  }
  const waits = submitLabel === undefined && typed !== value;
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(() => onSearch(typed), debounceMs);
    return () => clearTimeout(timer);
  }, [waits, typed, onSearch]);

  function submit(event: FormEvent) {
    event.preventDefault();
    onSearch(typed);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault();
      onSearch(typed);
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      onDown();
    }
  }
  return (
    <search className="shrink-0 px-3 pb-2">
      <form onSubmit={submit} className="flex items-center gap-2">
        <SearchField
          label={label}
          value={typed}
          onChange={setTyped}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1"
        />
        {submitLabel === undefined ? null : (
          <Button type="submit" disabled={typed.trim() === ''}>
            {submitLabel}
          </Button>
        )}
        {children}
      </form>
    </search>
  );
}
