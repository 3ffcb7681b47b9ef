import {
  Check,
  ChevronDown,
  ChevronRight,
  Download,
  LoaderCircle,
  SquareTerminal,
  TerminalSquare,
  X,
} from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { CommandRecord } from '#core/contract/commandLog.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useCommandLog } from '#renderer/state/commandLog.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { DockHeader } from '#renderer/ui/DockHeader.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Tooltip } from '#renderer/ui/Tooltip.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { exportScript } from './exportScript.ts';
import { matchRecords } from './matchRecords.ts';

const shownLimit = 500;

/** Every command line that was run, newest first: to repeat by hand, to copy, to take away as a script. */
export function CommandLogPanel() {
  const text = useText('commandLog');
  const records = useCommandLog((state) => state.records);
  const isLoaded = useCommandLog((state) => state.isLoaded);
  const [filter, setFilter] = useState('');
  const found = matchRecords(records, useDeferredValue(filter));
  return (
    <div className="flex h-full min-h-0 flex-col">
      <DockHeader title={text('title')}>
        <SearchField
          label={text('filter')}
          value={filter}
          onChange={setFilter}
          className="h-6! w-52 text-small"
        />
        <Tooltip text={text('exportHint')}>
          <Button
            tone="quiet"
            icon={Download}
            className="h-6! px-2 text-small"
            disabled={found.length === 0}
            onClick={() => attempt(() => exportScript(found.map((record) => record.id)))}
          >
            {text('exportScript')}
          </Button>
        </Tooltip>
      </DockHeader>
      {!isLoaded ? (
        <div className="grid flex-1 place-items-center">
          <Spinner />
        </div>
      ) : records.length === 0 ? (
        <EmptyState icon={TerminalSquare} title={text('empty')} text={text('emptyText')} />
      ) : found.length === 0 ? (
        <EmptyState icon={SquareTerminal} title={text('noMatch')} text={text('emptyText')} />
      ) : (
        <ul aria-label={text('list')} className="min-h-0 flex-1 overflow-auto">
          {found.slice(0, shownLimit).map((record) => (
            <CommandRow key={record.id} record={record} />
          ))}
        </ul>
      )}
    </div>
  );
}

function CommandRow({ record }: { readonly record: CommandRecord }) {
  const text = useText('commandLog');
  const now = useNow(record.endedAt === null ? 1000 : 60_000);
  const took = formatDuration(((record.endedAt ?? now) - record.startedAt) / 1000);
  const [isOpen, setIsOpen] = useState(false);
  const hasHand = record.byHand !== null && record.byHand !== record.ran;
  return (
    <li className="flex flex-col gap-1 [contain-intrinsic-height:auto_4.5rem] [content-visibility:auto] border-b border-line/60 py-1.5 pr-3 pl-1.5">
      <p className="flex items-center gap-1.5">
        <IconButton
          size="small"
          icon={isOpen ? ChevronDown : ChevronRight}
          label={text(isOpen ? 'less' : 'more')}
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        />
        <span className="truncate font-medium">{record.purpose}</span>
        <ExitBadge record={record} />
        <span className="flex-1" />
        <span className="shrink-0 text-small text-ink-3 tabular-nums" title={wholeTimeText(record.startedAt)}>
          {record.hostId} · {clockText(record.startedAt, now)} · {took}
        </span>
      </p>
      <div className="flex flex-col gap-1 pl-7">
        <CommandLine command={record.ran} isCut={!isOpen}>
          {hasHand ? <span className="shrink-0 text-small text-ink-3">{text('ran')}</span> : null}
        </CommandLine>
        {hasHand && record.byHand !== null ? (
          <CommandLine command={record.byHand} isCut={!isOpen}>
            <span className="shrink-0 text-small text-ink-3">{text('byHand')}</span>
          </CommandLine>
        ) : null}
      </div>
    </li>
  );
}

function ExitBadge({ record }: { readonly record: CommandRecord }) {
  const text = useText('commandLog');
  if (record.endedAt === null) {
    return (
      <Badge tone="accent" icon={LoaderCircle}>
        {text('running')}
      </Badge>
    );
  }
  if (record.exitStatus === null) return <Badge>{text('ended')}</Badge>;
  return record.exitStatus === 0 ? (
    <Badge tone="ok" icon={Check}>
      {text('ok')}
    </Badge>
  ) : (
    <Badge tone="bad" icon={X}>
      {text('failed', { status: record.exitStatus })}
    </Badge>
  );
}
