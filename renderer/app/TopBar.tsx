import { Search } from 'lucide-react';
import { useShortcut } from '#renderer/commands/keymap.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showDock } from '#renderer/state/layout.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Kbd } from '#renderer/ui/Kbd.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Bell } from './Bell.tsx';
import { HostSwitcher } from './HostSwitcher.tsx';

/** The bar on top: which machine this is, the search, running work and the bell. */
export function TopBar() {
  return (
    <header className="col-span-2 grid grid-cols-[minmax(14rem,1fr)_minmax(10rem,32.5rem)_minmax(auto,1fr)] items-center gap-3 border-b border-line bg-rail px-3">
      <HostSwitcher />
      <SearchButton />
      <div className="flex items-center justify-end gap-1">
        <RunningTasks />
        <Bell />
      </div>
    </header>
  );
}

function SearchButton() {
  const text = useText('frame');
  const shortcut = useShortcut('frame.search');
  return (
    <button
      type="button"
      onClick={() => void runCommand('frame.search')}
      className="flex h-7 w-full items-center gap-2 rounded-control border border-line bg-bg px-2.5 text-small text-ink-3 hover:border-line-strong"
    >
      <Search aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      <span className="min-w-0 flex-1 truncate text-left">{text('search')}</span>
      {shortcut === undefined ? null : <Kbd shortcut={shortcut} />}
    </button>
  );
}

function RunningTasks() {
  const text = useText('frame');
  const count = useTasks((state) => state.tasks.filter(isActive).length);
  if (count === 0) return null;
  return (
    <button
      type="button"
      title={text('taskCountHint')}
      onClick={() => showDock('tasks')}
      className="flex h-7 items-center gap-1.5 rounded-control px-2 text-small text-ink-2 hover:bg-hover hover:text-ink"
    >
      <Spinner label={text('taskCountHint')} className="text-accent" />
      {text('taskCount', { count })}
    </button>
  );
}
