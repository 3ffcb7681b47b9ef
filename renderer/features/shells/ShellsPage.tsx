import { SquareTerminal, X } from 'lucide-react';
import type { Terminal } from '#core/contract/terminals.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { useHosts } from '#renderer/state/hosts.ts';
import { showTerminal, useTerminals } from '#renderer/state/terminals.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { requestClose } from './shellsState.ts';
import { statusWords } from './statusWords.ts';

/** All terminals of all hosts, newest first: what runs in them, since when, and how it ended. */
export function ShellsPage() {
  const text = useText('shells');
  const terminals = useTerminals((state) => state.terminals);
  const isLoaded = useTerminals((state) => state.isLoaded);
  const isEmpty = isLoaded && terminals.length === 0;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        title={text('title')}
        detail={isEmpty ? undefined : text('detail', { count: terminals.length })}
      >
        {isEmpty ? null : <CommandButton id="shells.newHostShell" tone="primary" />}
      </PageHeader>
      {isEmpty ? (
        <EmptyState icon={SquareTerminal} title={text('empty')} text={text('emptyText')}>
          <CommandButton id="shells.newHostShell" tone="primary" />
        </EmptyState>
      ) : (
        <TerminalsTable terminals={terminals.toReversed()} />
      )}
    </div>
  );
}

const headClass = 'h-7 border-b border-line px-2 text-left text-small font-normal text-ink-2 first:pl-3';
const cellClass = 'h-7 border-b border-line px-2 first:pl-3';

function TerminalsTable({ terminals }: { readonly terminals: readonly Terminal[] }) {
  const text = useText('shells');
  return (
    <div className="min-h-0 flex-1 overflow-auto border-t border-line">
      <table aria-label={text('list')} className="w-full table-fixed border-separate border-spacing-0">
        <thead className="sticky top-0 bg-bg">
          <tr>
            <th className={headClass}>{text('columns.title')}</th>
            <th className={`${headClass} w-1/2`}>{text('columns.command')}</th>
            <th className={`${headClass} w-28`}>{text('columns.started')}</th>
            <th className={`${headClass} w-36`}>{text('columns.status')}</th>
            <th className={`${headClass} w-20`}>
              <span className="sr-only">{text('columns.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {terminals.map((terminal) => (
            <TerminalRow key={terminal.id} terminal={terminal} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

function startedWords(at: number): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return (isToday ? clock : dayAndClock).format(at);
}

function TerminalRow({ terminal }: { readonly terminal: Terminal }) {
  const text = useText('shells');
  const colour = useHosts((state) => state.hosts.find((host) => host.id === terminal.hostId)?.colour ?? 0);
  return (
    <tr className="hover:bg-hover">
      <td className={cellClass}>
        <button
          type="button"
          aria-label={text('show', { title: terminal.title })}
          onClick={() => showTerminal(terminal.id)}
          className="flex max-w-full items-center gap-2 font-medium hover:text-accent"
        >
          <HostDot colour={colour} />
          <span className="truncate">{terminal.title}</span>
        </button>
      </td>
      <td className={cellClass}>
        <span className="flex items-center gap-1">
          <code title={terminal.command} className="truncate font-mono text-code text-ink-2">
            {terminal.command}
          </code>
          <CopyButton value={terminal.command} />
        </span>
      </td>
      <td className={`${cellClass} text-ink-2`}>{startedWords(terminal.startedAt)}</td>
      <td className={cellClass}>
        <Badge tone={toneOf(terminal)}>{statusWords(terminal.ended)}</Badge>
      </td>
      <td className={cellClass}>
        <span className="flex justify-end">
          <IconButton
            size="small"
            icon={X}
            label={text('close.button', { title: terminal.title })}
            onClick={() => requestClose(terminal.id)}
          />
        </span>
      </td>
    </tr>
  );
}

function toneOf({ ended }: Terminal): 'accent' | 'ok' | 'warn' {
  if (ended === null) return 'accent';
  return ended.exitStatus === 0 ? 'ok' : 'warn';
}
