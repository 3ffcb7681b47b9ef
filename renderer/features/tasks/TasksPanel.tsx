import { ListChecks } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { chooseTask, useChosenTaskId } from '#renderer/state/taskChoice.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { DockHeader } from '#renderer/ui/DockHeader.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { TaskDetail } from './TaskDetail.tsx';
import { TaskRow } from './TaskRow.tsx';
import { dismissFinished } from './taskActions.ts';

/** The task centre: all tasks beside the chosen one. Without a choice the newest is shown. */
export function TasksPanel() {
  const text = useText('tasks');
  const tasks = useTasks((state) => state.tasks);
  const isLoaded = useTasks((state) => state.isLoaded);
  const chosenId = useChosenTaskId();
  const chosen = tasks.find((task) => task.id === chosenId) ?? tasks[0];
  const hasEnded = tasks.some((task) => !isActive(task));
  return (
    <div className="flex h-full min-h-0 flex-col">
      <DockHeader title={text('title')}>
        {hasEnded ? (
          <Button tone="quiet" className="h-6! px-2 text-small" onClick={dismissFinished}>
            {text('dismissFinished')}
          </Button>
        ) : null}
      </DockHeader>
      {!isLoaded ? (
        <div className="grid flex-1 place-items-center">
          <Spinner />
        </div>
      ) : chosen === undefined ? (
        <EmptyState icon={ListChecks} title={text('empty')} text={text('emptyText')} />
      ) : (
        <SplitPane
          id="tasks"
          secondSize={66}
          first={
            <ul aria-label={text('list')} className="h-full overflow-auto">
              {tasks.map((task) => (
                <TaskRow
                  key={task.id}
                  task={task}
                  isChosen={task.id === chosen.id}
                  onChoose={() => chooseTask(task.id)}
                />
              ))}
            </ul>
          }
          second={<TaskDetail task={chosen} />}
        />
      )}
    </div>
  );
}
