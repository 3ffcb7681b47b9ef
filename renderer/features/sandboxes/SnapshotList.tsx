import { History, Trash2, Undo2 } from 'lucide-react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Sandbox, SandboxSnapshot } from '#core/contract/sandboxes.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { showSandboxesDialog } from './sandboxesState.ts';

const minuteMs = 60_000;

/** The snapshots of a sandbox, newest first: back to any. */
export function SnapshotList({ sandbox }: { readonly sandbox: Sandbox }) {
  const text = useText('sandboxes');
  const now = useNow(minuteMs);
  if (sandbox.snapshots.length === 0) {
    return (
      <EmptyState icon={History} title={text('snapshots.none')} text={text('snapshots.noneText')}>
        <CommandButton id="sandboxes.snapshot" />
      </EmptyState>
    );
  }
  return (
    <ul
      aria-label={text('snapshots.list')}
      className="mx-3 mb-3 flex flex-col rounded-control border border-line bg-bg"
    >
      {sandbox.snapshots.toReversed().map((snapshot) => (
        <Row key={snapshot.id} sandbox={sandbox} snapshot={snapshot} now={now} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly sandbox: Sandbox;
  readonly snapshot: SandboxSnapshot;
  readonly now: number;
}

function Row({ sandbox, snapshot, now }: RowProps) {
  const text = useText('sandboxes');
  const { note, createdAt, bytes } = snapshot;
  const name = note === '' ? clockText(createdAt, now) : showControls(note);
  return (
    <li className="flex items-center gap-2 border-line px-2.5 py-2 not-first:border-t">
      <div className="min-w-0 flex-1">
        <p className="[overflow-wrap:anywhere] line-clamp-3">
          {note === '' ? <span className="text-ink-2">{text('snapshots.noNote')}</span> : name}
        </p>
        <p className="text-small text-ink-3 tabular-nums" title={wholeTimeText(createdAt)}>
          {[clockText(createdAt, now), ...(bytes === null ? [] : [formatBytes(bytes)])].join(', ')}
        </p>
      </div>
      <Button
        icon={Undo2}
        aria-label={text('snapshots.backOf', { name })}
        onClick={() => showSandboxesDialog({ kind: 'restore', sandbox, snapshot })}
      >
        {text('snapshots.back')}
      </Button>
      <IconButton
        icon={Trash2}
        label={text('snapshots.remove')}
        onClick={() => showSandboxesDialog({ kind: 'removeSnapshot', sandbox, snapshot })}
      />
    </li>
  );
}
