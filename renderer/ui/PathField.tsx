import { CornerLeftUp, FileBox, Folder } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from './classNames.ts';
import { Field, inputClass } from './Field.tsx';
import { completePath, type PathSuggestion, splitTyped } from './pathCompletion.ts';
import { useFolderEntries } from './useFolderEntries.ts';

export interface PathFieldProps {
  readonly hostId: HostId;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What may be chosen: with `folder`, files are not offered. */
  readonly wants: 'folder' | 'file' | 'any';
  readonly problem?: string | null;
  readonly hint?: string;
  readonly placeholder?: string;
  /** Keeps the label for those who do not see, as in a table. */
  readonly isLabelHidden?: boolean;
  /** Shows the names all the time, below the field, as a list to browse. */
  readonly isBrowser?: boolean;
  readonly autoFocus?: boolean;
  /** With false an empty field offers nothing: what stands below it stays in view. */
  readonly offersWhenEmpty?: boolean;
}

/**
 * A path on a host, completed from what is really there. Arrow keys choose a name, Tab or Enter takes it; going into a
 * folder shows its names.
 */
export function PathField(props: PathFieldProps) {
  const { hostId, label, value, onChange, wants, isBrowser = false } = props;
  const text = useText('common');
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isFocused, setIsFocused] = useState(false);
  const [isClosed, setIsClosed] = useState(false);
  const [active, setActive] = useState(-1);
  const { folder } = splitTyped(value);
  const isQuiet = value === '' && props.offersWhenEmpty === false;
  const isShown = isBrowser || (isFocused && !isClosed && !isQuiet);
  const listing = useFolderEntries(hostId, isShown ? folder : null);
  const suggestions = listing.entries === null ? [] : completePath(value, listing.entries, wants);
  const isListShown = isShown && (isBrowser || suggestions.length > 0);

  function take(suggestion: PathSuggestion) {
    onChange(suggestion.value);
    setActive(-1);
    setIsClosed(!suggestion.isFolder);
    input.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    const chosen = suggestions[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (suggestions.length === 0) return;
      event.preventDefault();
      setIsClosed(false);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((active + step + suggestions.length + (active < 0 && step < 0 ? 1 : 0)) % suggestions.length);
    } else if (event.key === 'Enter' && chosen !== undefined && isListShown) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Tab' && !event.shiftKey && chosen !== undefined && isListShown) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Tab' && isListShown && !isBrowser) {
      // Gone before the focus moves: it would go into the list, which goes with it.
      setIsClosed(true);
    } else if (event.key === 'Escape' && isListShown && !isBrowser) {
      event.preventDefault();
      event.stopPropagation();
      setIsClosed(true);
    }
  }

  const field = (control: { readonly id?: string }) => (
    <input
      ref={input}
      type="text"
      role="combobox"
      aria-expanded={isListShown}
      aria-controls={listId}
      aria-autocomplete="list"
      aria-activedescendant={isListShown && active >= 0 ? `${listId}-${active}` : undefined}
      aria-label={props.isLabelHidden === true ? label : undefined}
      spellCheck={false}
      autoComplete="off"
      // biome-ignore lint/a11y/noAutofocus: the first field of a dialog that was just asked for
      autoFocus={props.autoFocus === true}
      placeholder={props.placeholder}
      {...control}
      value={value}
      onFocus={() => {
        setIsFocused(true);
        setIsClosed(false);
      }}
      onBlur={() => setIsFocused(false)}
      onKeyDown={onKeyDown}
      onChange={(event) => {
        onChange(event.target.value);
        setActive(-1);
        setIsClosed(false);
      }}
      className={classNames(inputClass, 'font-mono text-code')}
    />
  );
  const list = isListShown ? (
    <SuggestionList
      id={listId}
      label={text('browse.list', { folder })}
      suggestions={suggestions}
      active={active}
      onTake={take}
      isBrowser={isBrowser}
      note={
        listing.failure ??
        (listing.isCut
          ? text('browse.cut')
          : suggestions.length > 0
            ? null
            : text(listing.entries === null ? 'browse.loading' : 'browse.empty'))
      }
    />
  ) : null;
  if (props.isLabelHidden === true) {
    return (
      <div className="relative min-w-0">
        {field({})}
        {list}
      </div>
    );
  }
  return (
    <div className="relative min-w-0">
      <Field label={label} hint={props.hint} problem={props.problem}>
        {(control) => (
          <div className="relative">
            {field(control)}
            {list}
          </div>
        )}
      </Field>
    </div>
  );
}

interface SuggestionListProps {
  readonly id: string;
  readonly label: string;
  readonly suggestions: readonly PathSuggestion[];
  readonly active: number;
  readonly onTake: (suggestion: PathSuggestion) => void;
  readonly isBrowser: boolean;
  readonly note: string | null;
}

function SuggestionList({ id, label, suggestions, active, onTake, isBrowser, note }: SuggestionListProps) {
  const text = useText('common');
  return (
    <div
      ref={isBrowser ? null : scrollIntoView}
      className={classNames(
        'flex scroll-mb-14 flex-col overflow-hidden rounded-control border border-line-strong bg-bg',
        isBrowser ? 'mt-1.5 h-56' : 'absolute inset-x-0 top-full z-50 mt-1 max-h-56 shadow-lift',
      )}
    >
      <div id={id} role="listbox" aria-label={label} tabIndex={-1} className="min-h-0 overflow-auto p-1">
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names its active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={suggestion.value}
            role="option"
            id={`${id}-${index}`}
            aria-selected={index === active}
            ref={index === active ? scrollIntoView : null}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(suggestion)}
            className="flex min-h-6.5 items-center gap-2 rounded-small px-1.5 text-small hover:bg-hover aria-selected:bg-accent-soft"
          >
            <SuggestionIcon suggestion={suggestion} />
            <bdi dir="ltr" className="truncate">
              {suggestion.isParent ? text('browse.up') : suggestion.name}
            </bdi>
          </div>
        ))}
      </div>
      {note === null ? null : <p className="px-2.5 py-1.5 text-small text-ink-3">{note}</p>}
    </div>
  );
}

function SuggestionIcon({ suggestion }: { readonly suggestion: PathSuggestion }) {
  const Icon = suggestion.isParent ? CornerLeftUp : suggestion.isFolder ? Folder : FileBox;
  return <Icon aria-hidden className="size-3.5 shrink-0 text-ink-3" />;
}

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
