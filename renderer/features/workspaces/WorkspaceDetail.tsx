import { Ellipsis } from 'lucide-react';
import type { Workspace } from '#core/contract/workspaces.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showTask } from '#renderer/state/taskChoice.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { Tabs } from '#renderer/ui/Tabs.tsx';
import { SetUpStates } from './SetUpStates.tsx';
import { WorkspaceLineage } from './WorkspaceLineage.tsx';
import { WorkspaceSnapshots } from './WorkspaceSnapshots.tsx';
import { WorkspaceSummary } from './WorkspaceSummary.tsx';
import { workspaceMenu } from './workspaceCommands.ts';
import { failedWorkOn, formOf } from './workspaceRows.ts';
import { useWorkspaces, workspacesStore } from './workspacesState.ts';

/** One workspace: what can be done with it, what is in it, its snapshots and its life. */
export function WorkspaceDetail({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const tab = useWorkspaces((state) => state.tab);
  const form = useTasks((state) => formOf(state.tasks, workspace));
  const count = workspace.snapshots.length;
  return (
    <aside
      aria-label={workspace.name}
      className="flex h-full min-h-0 flex-col gap-2.5 overflow-hidden bg-panel p-3 pb-0"
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-heading font-bold [overflow-wrap:anywhere]">
          <bdi dir="ltr">{workspace.name}</bdi>
        </h2>
        {form === 'packed' || form === 'unpacking' ? <Badge>{text(`forms.${form}`)}</Badge> : null}
      </div>
      <div
        role="toolbar"
        aria-label={text('toolbar', { name: workspace.name })}
        className="flex flex-wrap gap-1.5"
      >
        <CommandButton id="workspaces.shell" tone="primary" />
        <CommandButton id="workspaces.run" />
        <CommandButton id="workspaces.pack" />
        <span className="flex-1" />
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={text('more')} />}
          entries={commandEntries(workspaceMenu)}
        />
      </div>
      <SetUpStates workspace={workspace} />
      <FailedWork workspace={workspace} />
      <Tabs
        label={text('tabsLabel')}
        value={tab}
        onChange={(chosen) => workspacesStore.setState({ tab: chosen })}
        items={[
          {
            id: 'summary',
            label: text('tabs.summary'),
            content: <WorkspaceSummary workspace={workspace} />,
          },
          {
            id: 'snapshots',
            label: (
              <>
                {text('tabs.snapshots')}
                {count === 0 ? null : (
                  <span className="text-tiny text-ink-3 tabular-nums">{count.toLocaleString()}</span>
                )}
              </>
            ),
            content: <WorkspaceSnapshots workspace={workspace} />,
          },
          {
            id: 'lineage',
            label: text('tabs.lineage'),
            content: <WorkspaceLineage workspace={workspace} />,
          },
        ]}
      />
    </aside>
  );
}

/** Why the last work on it failed, until something else is done with it. */
function FailedWork({ workspace }: { readonly workspace: Workspace }) {
  const text = useText('workspaces');
  const failed = useTasks((state) => failedWorkOn(state.tasks, workspace));
  if (failed?.status.state !== 'failed') return null;
  return (
    <div className="max-h-[45%] shrink-0 overflow-auto">
      <ErrorNotice
        report={failed.status.error}
        action={<Button onClick={() => showTask(failed.id)}>{text('showTask')}</Button>}
      />
    </div>
  );
}
