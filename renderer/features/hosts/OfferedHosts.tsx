import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { OfferedHost } from '#core/contract/hosts.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Field, inputClass } from '#renderer/ui/Field.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';

export interface OfferedHostsProps {
  /** Null until the ssh configuration was read. */
  readonly hosts: readonly OfferedHost[] | null;
  readonly failure: Error | null;
  /** The chosen destination. */
  readonly chosen: string;
  readonly problem: string | null;
  readonly onChoose: (destination: string) => void;
  /** What was searched for is not offered, and is to be added by hand. */
  readonly onByHand: (typed: string) => void;
}

/** The hosts of the person's ssh configuration, to search and to choose from. Arrow keys move the choice. */
export function OfferedHosts({ hosts, failure, chosen, problem, onChoose, onByHand }: OfferedHostsProps) {
  const text = useText('hostsForms');
  const listId = useId();
  const search = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState('');
  const hasList = hosts !== null && hosts.length > 0;
  // The configuration may be read after the dialog has given its focus away.
  useEffect(() => {
    if (hasList) search.current?.focus();
  }, [hasList]);
  if (failure !== null) return <ErrorNotice report={failureReport(failure)} />;
  if (hosts === null) {
    return (
      <p className="flex items-center gap-2 text-ink-2">
        <Spinner label={text('add.loading')} />
        {text('add.loading')}
      </p>
    );
  }
  if (hosts.length === 0) {
    return (
      <div className="rounded-control border border-line bg-panel px-3 py-3">
        <p className="font-semibold">{text('add.noneOffered')}</p>
        <p className="text-small text-pretty text-ink-2">{text('add.noneOfferedText')}</p>
      </div>
    );
  }
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = hosts.filter(({ destination, address }) =>
    words.every((word) => `${destination} ${address}`.toLowerCase().includes(word)),
  );
  const chosenAt = found.findIndex(({ destination }) => destination === chosen);

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || found.length === 0) return;
    event.preventDefault();
    const next = chosenAt < 0 ? (step > 0 ? 0 : found.length - 1) : chosenAt + step;
    const host = found[(next + found.length) % found.length];
    if (host !== undefined) onChoose(host.destination);
  }

  return (
    <div className="flex flex-col gap-1.5">
      <Field label={text('add.search')} problem={problem}>
        {(control) => (
          <input
            {...control}
            ref={search}
            type="text"
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={chosenAt < 0 ? undefined : `${listId}-${chosenAt}`}
            spellCheck={false}
            autoComplete="off"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={onKeyDown}
            className={inputClass}
          />
        )}
      </Field>
      {found.length === 0 ? (
        <div className="flex flex-col items-start gap-2 rounded-control border border-line px-3 py-3">
          <p className="[overflow-wrap:anywhere]">{text('add.noMatch', { query })}</p>
          <Button onClick={() => onByHand(query.trim())}>{text('add.useTyped', { query })}</Button>
        </div>
      ) : null}
      <div
        id={listId}
        role="listbox"
        aria-label={text('add.list')}
        tabIndex={-1}
        hidden={found.length === 0}
        className="h-56 overflow-auto rounded-control border border-line p-1"
      >
        {found.map((host, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names its active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={host.destination}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosenAt}
            ref={index === chosenAt ? scrollIntoView : null}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(host.destination)}
            className="flex min-h-7 items-center gap-3 rounded-small px-2 hover:bg-hover aria-selected:bg-accent-soft"
          >
            <bdi dir="ltr" className="max-w-[45%] shrink-0 truncate font-semibold">
              {host.destination}
            </bdi>
            <bdi
              dir="ltr"
              title={host.address}
              className="min-w-0 flex-1 truncate text-right text-small text-ink-2"
            >
              {host.address}
            </bdi>
          </div>
        ))}
      </div>
    </div>
  );
}

function scrollIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
