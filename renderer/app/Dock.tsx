import {
  ChevronDown,
  ChevronsDown,
  ChevronsUp,
  ChevronUp,
  ListChecks,
  type LucideIcon,
  ScrollText,
  SquareTerminal,
} from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { type DockTab, layoutStore, showDock, useLayout } from '#renderer/state/layout.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { useTerminals } from '#renderer/state/terminals.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';

const ShellsPanel = lazy(async () => ({
  default: (await import('#renderer/features/shells/ShellsPanel.tsx')).ShellsPanel,
}));

const TasksPanel = lazy(async () => ({
  default: (await import('#renderer/features/tasks/TasksPanel.tsx')).TasksPanel,
}));
const CommandLogPanel = lazy(async () => ({
  default: (await import('#renderer/features/commandLog/CommandLogPanel.tsx')).CommandLogPanel,
}));

const bodies = { terminals: ShellsPanel, tasks: TasksPanel, commands: CommandLogPanel } as const;

/** The open dock. Each panel draws its own bar; the dock's tabs stand at the bar's right end. */
export function Dock() {
  const text = useText('frame');
  const tab = useLayout((state) => state.dockTab);
  const Body = bodies[tab];
  return (
    <section
      aria-label={text('dock.name')}
      className="relative h-full min-h-0 bg-bg [--dock-controls:23.5rem]"
    >
      <div className="h-full min-h-0" role="tabpanel" id="dock-panel" aria-label={text(`dock.${tab}`)}>
        <ErrorBoundary key={tab}>
          <Suspense
            fallback={
              <div className="grid h-full place-items-center">
                <Spinner />
              </div>
            }
          >
            <Body />
          </Suspense>
        </ErrorBoundary>
      </div>
      <div className="absolute top-0 right-0">
        <DockControls isOpen />
      </div>
    </section>
  );
}

/** The bar that stands for the dock while it is closed. */
export function ClosedDock() {
  return (
    <div className="flex h-7.5 shrink-0 justify-end border-t border-line-strong bg-rail">
      <DockControls isOpen={false} />
    </div>
  );
}

const tabs: readonly { readonly id: DockTab; readonly icon: LucideIcon }[] = [
  { id: 'terminals', icon: SquareTerminal },
  { id: 'tasks', icon: ListChecks },
  { id: 'commands', icon: ScrollText },
];

function DockControls({ isOpen }: { readonly isOpen: boolean }) {
  const text = useText('frame');
  const chosen = useLayout((state) => state.dockTab);
  const isMaximized = useLayout((state) => state.isDockMaximized);
  const counts: Readonly<Record<DockTab, number>> = {
    terminals: useTerminals((state) => state.terminals.length),
    tasks: useTasks((state) => state.tasks.filter(isActive).length),
    commands: 0,
  };
  function toggle(id: DockTab) {
    if (isOpen && id === chosen) layoutStore.setState({ isDockOpen: false, isDockMaximized: false });
    else showDock(id);
  }
  return (
    <div className="flex h-7.5 items-stretch gap-0.5 border-b border-line bg-rail pr-1.5">
      {tabs.map(({ id, icon: Icon }) => {
        const isShown = isOpen && id === chosen;
        return (
          <button
            key={id}
            type="button"
            aria-expanded={isShown}
            onClick={() => toggle(id)}
            className={classNames(
              'flex items-center gap-1.75 px-2.5 text-small focus-visible:-outline-offset-2',
              isShown
                ? '-mb-px border-x border-line bg-bg font-semibold text-ink'
                : 'border-x border-transparent text-ink-2 hover:text-ink',
            )}
          >
            <Icon aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
            {text(`dock.${id}`)}
            {counts[id] === 0 ? null : <span className="text-tiny tabular-nums">{counts[id]}</span>}
          </button>
        );
      })}
      <span className="flex items-center pl-1">
        {isOpen ? (
          <IconButton
            size="small"
            icon={isMaximized ? ChevronsDown : ChevronsUp}
            label={isMaximized ? text('dock.restore') : text('dock.maximize')}
            onClick={() => layoutStore.setState({ isDockMaximized: !isMaximized })}
          />
        ) : null}
        <IconButton
          size="small"
          icon={isOpen ? ChevronDown : ChevronUp}
          label={isOpen ? text('dock.hide') : text('dock.show')}
          onClick={() => layoutStore.setState({ isDockOpen: !isOpen, isDockMaximized: false })}
        />
      </span>
    </div>
  );
}
