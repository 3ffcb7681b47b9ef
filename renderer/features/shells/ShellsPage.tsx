import { ChevronDown, Server, SquareTerminal, X } from 'lucide-react';
import type { Terminal } from '#core/contract/terminals.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { showTerminal, useTerminals } from '#renderer/state/terminals.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { hostEntries } from './hostEntries.tsx';
import { requestClose } from './shellsState.ts';
import { statusWords } from './statusWords.ts';

/** All terminals of all hosts, newest first: what runs in them, since when, and how it ended. */
export function ShellsPage() {
  const text = useText('shells');
  const terminals = useTerminals((state) => state.terminals);
  const isLoaded = useTerminals((state) => state.isLoaded);
  const hosts = useHosts((state) => state.hosts);
  const isEmpty = isLoaded && terminals.length === 0;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        title={text('title')}
        detail={isEmpty ? undefined : text('detail', { count: terminals.length })}
      >
        {hosts.length > 1 ? (
          <Menu
            align="end"
            trigger={
              <Button icon={Server}>
                {text('newShellOn')}
                <ChevronDown aria-hidden className="-mr-1 size-4 text-ink-3" />
              </Button>
            }
            entries={hostEntries(hosts)}
          />
        ) : null}
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

function TerminalRow({ terminal }: { readonly terminal: Terminal }) {
  const text = useText('shells');
  const host = useHosts((state) => hostOf(state, terminal.hostId));
  const now = useNow(60_000);
  return (
    <tr className="hover:bg-hover">
      <td className={cellClass}>
        <button
          type="button"
          aria-label={text('show', { title: terminal.title })}
          onClick={() => showTerminal(terminal.id)}
          className="flex max-w-full items-center gap-2 font-medium hover:text-accent"
        >
          <HostDot colour={host?.colour ?? 0} />
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
      <td className={`${cellClass} text-ink-2 tabular-nums`} title={wholeTimeText(terminal.startedAt)}>
        {clockText(terminal.startedAt, now)}
      </td>
      <td className={cellClass}>
        <Badge tone={toneOf(terminal)}>{statusWords(terminal, host)}</Badge>
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
