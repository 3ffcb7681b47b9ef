import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Terminal } from '#core/contract/terminals.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { reportFailure } from '#renderer/state/notices.ts';
import { useSettings, useZoom } from '#renderer/state/settings.ts';
import { terminalsStore, useTerminals } from '#renderer/state/terminals.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { ContextMenu } from '#renderer/ui/Menu.tsx';
import { keepView } from './liveViews.ts';
import { EndedBar, LineNotice } from './PaneBars.tsx';
import { SearchBar } from './SearchBar.tsx';
import { paneMenu } from './shellCommands.ts';
import { ask, setLineState, useShells } from './shellsState.ts';
import type { TerminalAppearance, TerminalView } from './terminalView.ts';

export interface TerminalPaneProps {
  readonly terminal: Terminal;
  /** A hidden pane keeps its emulator, so that it shows again at once, scrolled as it was. */
  readonly place: 'left' | 'right' | 'hidden';
  readonly isSplit: boolean;
}

/** One terminal: the emulator, and bars for search, a lost line and the end of its program. */
export function TerminalPane({ terminal, place, isSplit }: TerminalPaneProps) {
  const text = useText('shells');
  const [container, setContainer] = useState<HTMLDivElement | null>(null);
  const [hasBeenShown, setHasBeenShown] = useState(false);
  const isActive = useTerminals((state) => state.activeId === terminal.id);
  const isSearched = useShells((state) => state.searchedId === terminal.id);
  const view = useTerminalView(terminal, hasBeenShown ? container : null);
  useFocusOnRequest(view, isActive);
  if (place !== 'hidden' && !hasBeenShown) setHasBeenShown(true);
  return (
    <PaneFrame
      place={place}
      onFocus={() => activate(terminal)}
      isSplit={isSplit}
      isMarked={isActive}
      label={text('terminalLabel', { title: terminal.title })}
    >
      {isSearched && view !== null ? <SearchBar view={view} /> : null}
      <ContextMenu entries={commandEntries(paneMenu)} onOpenChange={() => activate(terminal)}>
        <div className="min-h-0 flex-1 overflow-hidden bg-terminal py-1.5 pl-3">
          <div ref={setContainer} data-terminal={terminal.id} className="h-full overflow-hidden" />
        </div>
      </ContextMenu>
      <LineNotice terminalId={terminal.id} onTryNow={() => view?.reconnect()} />
      {terminal.ended === null ? null : <EndedBar terminal={terminal} />}
    </PaneFrame>
  );
}

function PaneFrame(props: {
  readonly place: TerminalPaneProps['place'];
  readonly isSplit: boolean;
  readonly isMarked: boolean;
  readonly label: string;
  readonly onFocus: () => void;
  readonly children: ReactNode;
}) {
  return (
    <section
      onFocus={props.onFocus}
      aria-label={props.label}
      hidden={props.place === 'hidden'}
      style={{ gridColumn: props.place === 'right' ? 3 : 1, gridRow: 1 }}
      className={classNames(
        'relative min-h-0 min-w-0 flex-col bg-terminal',
        props.place === 'hidden' ? '' : 'flex',
        props.isSplit && (props.isMarked ? 'border-t-2 border-accent' : 'border-t-2 border-transparent'),
      )}
    >
      {props.children}
    </section>
  );
}

function activate(terminal: Terminal): void {
  if (terminalsStore.getState().activeId !== terminal.id) terminalsStore.setState({ activeId: terminal.id });
}

/** Opens the emulator (loaded with the first terminal) in the container, and keeps its looks in step. */
function useTerminalView(terminal: Terminal, container: HTMLDivElement | null): TerminalView | null {
  const [view, setView] = useState<TerminalView | null>(null);
  const appearance = useAppearance();
  const open = useEffectEvent(async (element: HTMLDivElement) => {
    const { openTerminalView } = await import('./terminalView.ts');
    return openTerminalView({
      id: terminal.id,
      container: element,
      appearance,
      onState: (state) => setLineState(terminal.id, state),
      onLink: (address) => ask({ kind: 'link', address }),
      onRiskyPaste: (pasted, lines) => ask({ kind: 'paste', id: terminal.id, text: pasted, lines }),
    });
  });
  useEffect(() => {
    if (container === null) return;
    let isGone = false;
    let close = () => {
      isGone = true;
    };
    open(container).then((opened) => {
      if (isGone) {
        opened.dispose();
        return;
      }
      const forget = keepView(terminal.id, opened);
      setView(opened);
      close = () => {
        forget();
        opened.dispose();
        setView(null);
      };
    }, reportFailure);
    return () => close();
  }, [container, terminal.id]);
  const { fontSize, scrollbackLines, isScreenReaderMode } = appearance;
  useEffect(() => {
    view?.setAppearance({ fontSize, scrollbackLines, isScreenReaderMode });
  }, [view, fontSize, scrollbackLines, isScreenReaderMode]);
  return view;
}

const usualAppearance = { fontSize: 13, scrollbackLines: 5000 };

function useAppearance(): TerminalAppearance {
  const settings = useSettings((state) => state.settings?.terminal) ?? usualAppearance;
  const isScreenReaderMode = useShells((state) => state.isScreenReaderMode);
  const zoom = useZoom();
  return {
    fontSize: Math.round(settings.fontSize * zoom),
    scrollbackLines: settings.scrollbackLines,
    isScreenReaderMode,
  };
}

/** Takes the focus once for each request, also for one that came before the emulator was there. */
function useFocusOnRequest(view: TerminalView | null, isActive: boolean): void {
  const request = useTerminals((state) => state.focusRequest);
  const answered = useRef(0);
  useEffect(() => {
    if (view === null || !isActive || request === answered.current) return;
    answered.current = request;
    view.focus();
  }, [view, isActive, request]);
}
