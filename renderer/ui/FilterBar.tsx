import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { SearchField } from './SearchField.tsx';

export interface FilterBarProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** `Filter by name, label, digest` */
  readonly placeholder: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  /** Chips. */
  readonly children?: ReactNode;
}

/** The filter line below a page's title: a text and chips. */
export function FilterBar({ value, onChange, placeholder, inputRef, onKeyDown, children }: FilterBarProps) {
  return (
    <search className="flex shrink-0 flex-wrap items-center gap-2 px-3 pb-2">
      <SearchField
        label={placeholder}
        value={value}
        onChange={onChange}
        {...(inputRef === undefined ? {} : { inputRef })}
        {...(onKeyDown === undefined ? {} : { onKeyDown })}
        className="w-64"
      />
      {children}
    </search>
  );
}
