import { ArrowDown, ArrowUp, CaseSensitive, Regex, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { shellsStore } from './shellsState.ts';
import type { SearchResult, TerminalSearch, TerminalView } from './terminalView.ts';

type Outcome = SearchResult | 'badRegex' | null;

/** Finds text in a terminal: Enter goes on, Shift+Enter goes back, Escape empties it, then closes it. */
export function SearchBar({ view }: { readonly view: TerminalView }) {
  const text = useText('shells');
  const input = useRef<HTMLInputElement>(null);
  const [search, setSearch] = useState<TerminalSearch>({ text: '', isCaseSensitive: false, isRegex: false });
  const [outcome, setOutcome] = useState<Outcome>(null);
  useEffect(() => {
    input.current?.focus();
    const listening = view.onSearchResult(setOutcome);
    return () => {
      listening.dispose();
      view.endSearch();
    };
  }, [view]);

  function find(wanted: TerminalSearch, direction: 'next' | 'previous', isTyping = false) {
    setSearch(wanted);
    if (wanted.text === '') {
      view.endSearch();
      setOutcome(null);
      return;
    }
    try {
      if (!view.find(wanted, direction, isTyping)) setOutcome({ index: -1, count: 0 });
    } catch (failure) {
      if (!(failure instanceof SyntaxError)) throw failure;
      setOutcome('badRegex');
    }
  }
  function close() {
    shellsStore.setState({ searchedId: null });
    view.focus();
  }
  function press(event: KeyboardEvent) {
    if (event.key === 'Enter') find(search, event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape') close();
  }
  return (
    <search className="absolute top-1 right-4 z-10 flex items-center gap-0.5 rounded-card border border-line-strong bg-bg p-1 shadow-lift">
      <SearchField
        label={text('search.label')}
        inputRef={input}
        value={search.text}
        onChange={(wanted) => find({ ...search, text: wanted }, 'next', true)}
        onKeyDown={press}
        className="w-52"
      />
      <span role="status" className="min-w-18 px-1.5 text-center text-small whitespace-nowrap text-ink-2">
        <OutcomeWords outcome={outcome} />
      </span>
      <IconButton
        icon={CaseSensitive}
        label={text('search.matchCase')}
        aria-pressed={search.isCaseSensitive}
        onClick={() => find({ ...search, isCaseSensitive: !search.isCaseSensitive }, 'next', true)}
      />
      <IconButton
        icon={Regex}
        label={text('search.regex')}
        aria-pressed={search.isRegex}
        onClick={() => find({ ...search, isRegex: !search.isRegex }, 'next', true)}
      />
      <IconButton
        icon={ArrowUp}
        label={text('search.previous')}
        shortcut="Shift+Enter"
        onClick={() => find(search, 'previous')}
      />
      <IconButton
        icon={ArrowDown}
        label={text('search.next')}
        shortcut="Enter"
        onClick={() => find(search, 'next')}
      />
      <IconButton icon={X} label={text('search.close')} shortcut="Escape" onClick={close} />
    </search>
  );
}

function OutcomeWords({ outcome }: { readonly outcome: Outcome }) {
  const text = useText('shells');
  if (outcome === null) return null;
  if (outcome === 'badRegex') return text('search.badRegex');
  if (outcome.count === 0) return text('search.none');
  if (outcome.index < 0) return text('search.countMany', { count: outcome.count });
  return text('search.count', { index: outcome.index + 1, count: outcome.count });
}
