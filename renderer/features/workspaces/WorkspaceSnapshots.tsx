import { RotateCcw, Trash2 } from 'lucide-react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { clockText, useNow, wholeTimeText } from '#renderer/ui/when.ts';
import { showWorkspacesDialog } from './workspacesState.ts';
import { noteWords } from './workspaceWords.ts';

/** The snapshots of a workspace: go back to one, delete one, make another. */
export function WorkspaceSnapshots({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const now = useNow(60_000);
  const snapshots = workspace.snapshots.toSorted((a, b) => b.createdAt - a.createdAt);
  return (
    <div className="flex flex-col gap-2.5 pb-4">
      {snapshots.length === 0 ? (
        <div>
          <p className="font-semibold">{text('snapshotsNone')}</p>
          <p className="text-small text-pretty text-ink-2">{text('snapshotsNoneText')}</p>
        </div>
      ) : (
        <ul aria-label={text('snapshotList')} className="flex flex-col">
          {snapshots.map((snapshot) => (
            <li
              key={snapshot.id}
              className="flex items-start gap-2 border-b border-line/55 py-1.5 first:pt-0 last:border-b-0"
            >
              <div className="min-w-0 flex-1" data-selectable>
                <p
                  className={
                    snapshot.note.trim() === ''
                      ? 'text-ink-3'
                      : 'font-medium whitespace-pre-wrap [overflow-wrap:anywhere]'
                  }
                >
                  {snapshot.note.trim() === '' ? text('snapshotNoNote') : showControls(snapshot.note)}
                </p>
                <p className="text-small text-ink-3 tabular-nums" title={wholeTimeText(snapshot.createdAt)}>
                  {clockText(snapshot.createdAt, now)},{' '}
                  {snapshot.bytes === null ? text('snapshotSizeUnknown') : formatBytes(snapshot.bytes)}
                </p>
              </div>
              <Button
                icon={RotateCcw}
                aria-label={text('snapshotBackNamed', { note: noteWords(snapshot) })}
                onClick={() => showWorkspacesDialog({ kind: 'restore', workspace, snapshot })}
              >
                {text('snapshotBack')}
              </Button>
              <IconButton
                icon={Trash2}
                label={text('snapshotDelete', { note: noteWords(snapshot) })}
                onClick={() => showWorkspacesDialog({ kind: 'removeSnapshot', workspace, snapshot })}
              />
            </li>
          ))}
        </ul>
      )}
      <div>
        <CommandButton id="workspaces.snapshot" />
      </div>
      {workspace.layered === null ? null : (
        <p className="text-small text-pretty text-ink-3">{text('snapshotsLayered')}</p>
      )}
    </div>
  );
}
