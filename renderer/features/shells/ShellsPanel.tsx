import { SquareTerminal } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { useTerminals } from '#renderer/state/terminals.ts';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { shellsStore, useShells } from './shellsState.ts';
import { TerminalPane } from './TerminalPane.tsx';
import { TerminalTabs } from './TerminalTabs.tsx';

/** The dock's terminals: a strip of tabs, and one terminal or two side by side. */
export function ShellsPanel() {
  const text = useText('shells');
  const terminals = useTerminals((state) => state.terminals);
  const isLoaded = useTerminals((state) => state.isLoaded);
  const panes = useShells((state) => state.panes);
  const leftPercent = useShells((state) => state.leftPercent);
  const isSplit = panes.right !== null;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <TerminalTabs />
      {isLoaded && terminals.length === 0 ? (
        <EmptyState icon={SquareTerminal} title={text('empty')} text={text('emptyText')}>
          <CommandButton id="shells.newHostShell" tone="primary" />
        </EmptyState>
      ) : (
        <div
          className="grid min-h-0 flex-1 grid-rows-1 bg-terminal"
          style={{
            gridTemplateColumns: isSplit ? `${leftPercent}fr 1px ${100 - leftPercent}fr` : 'minmax(0, 1fr)',
          }}
        >
          {terminals.map((terminal) => (
            <TerminalPane
              key={terminal.id}
              terminal={terminal}
              isSplit={isSplit}
              place={placeOf(terminal.id, panes)}
            />
          ))}
          {isSplit ? <Divider percent={leftPercent} /> : null}
        </div>
      )}
    </div>
  );
}

function placeOf(id: string, panes: { readonly left: string | null; readonly right: string | null }) {
  if (id === panes.left) return 'left';
  return id === panes.right ? 'right' : 'hidden';
}

const step = 5;

function moveTo(percent: number): void {
  shellsStore.setState({ leftPercent: Math.min(85, Math.max(15, percent)) });
}

/** The line between two terminals; arrow keys move it too. */
function Divider({ percent }: { readonly percent: number }) {
  const text = useText('common');
  const line = useRef<HTMLDivElement>(null);
  function drag(event: PointerEvent) {
    const area = line.current?.parentElement?.getBoundingClientRect();
    if (area !== undefined && event.buttons === 1) moveTo(((event.clientX - area.left) / area.width) * 100);
  }
  function press(event: KeyboardEvent) {
    if (event.key === 'ArrowLeft') moveTo(percent - step);
    else if (event.key === 'ArrowRight') moveTo(percent + step);
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no thematic break
    <div
      ref={line}
      role="separator"
      aria-orientation="vertical"
      aria-label={text('resize')}
      aria-valuenow={Math.round(percent)}
      aria-valuemin={15}
      aria-valuemax={85}
      tabIndex={0}
      style={{ gridColumn: 2, gridRow: 1 }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
      className="relative cursor-col-resize bg-line-strong after:absolute after:inset-y-0 after:-inset-x-1 hover:bg-accent focus-visible:bg-accent"
    />
  );
}
