import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { TaskId } from '#core/contract/ids.ts';
import type { Task, TaskEvent } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import type { Following } from '#renderer/api/follow.ts';

export interface TasksState {
  /** False until the first snapshot is here. */
  readonly isLoaded: boolean;
  /** Number of the last event that is in. */
  readonly sequence: number;
  /** Newest first. */
  readonly tasks: readonly Task[];
  /** Work on another host that had gone on alone, and was found again while this window was there. */
  readonly resumedIds: ReadonlySet<TaskId>;
}

/** The mirror of core's tasks. */
export const tasksStore = createStore<TasksState>()(() => ({
  isLoaded: false,
  sequence: 0,
  tasks: [],
  resumedIds: new Set(),
}));

/** One event into the mirror. A snapshot starts over; an event that the snapshot already holds changes nothing. */
export function applyTaskEvent(state: TasksState, event: TaskEvent): TasksState {
  if (event.type === 'snapshot') {
    return {
      isLoaded: true,
      sequence: event.sequence,
      tasks: [...event.tasks].sort(newestFirst),
      resumedIds: withResumed(state, event.tasks),
    };
  }
  if (event.sequence <= state.sequence) return state;
  if (event.type === 'removed') {
    return { ...state, sequence: event.sequence, tasks: state.tasks.filter((task) => task.id !== event.id) };
  }
  const isKnown = state.tasks.some((task) => task.id === event.task.id);
  const tasks = isKnown
    ? state.tasks.map((task) => (task.id === event.task.id ? event.task : task))
    : [event.task, ...state.tasks].sort(newestFirst);
  return { ...state, sequence: event.sequence, tasks, resumedIds: withResumed(state, [event.task]) };
}

function withResumed(before: TasksState, tasks: readonly Task[]): ReadonlySet<TaskId> {
  const wereDetached = new Set(
    before.tasks.flatMap((task) => (task.status.state === 'detached' ? [task.id] : [])),
  );
  const found = tasks.filter((task) => task.status.state !== 'detached' && wereDetached.has(task.id));
  return found.length === 0
    ? before.resumedIds
    : new Set([...before.resumedIds, ...found.map((task) => task.id)]);
}

function newestFirst(a: Task, b: Task): number {
  return b.createdAt - a.createdAt;
}

/** True for work that has not ended. */
export function isActive(task: Task): boolean {
  const { state } = task.status;
  return state === 'queued' || state === 'running' || state === 'cancelling' || state === 'detached';
}

/** What a task is called where room is scarce: of a path the last name, of everything else its title. */
export function taskName({ title }: Task): string {
  return title.startsWith('/') ? title.slice(title.lastIndexOf('/') + 1) : title;
}

/** Follows core's tasks into the mirror. */
export const tasksFollowing: Following<TaskEvent> = {
  open: (signal) => client.tasks.watch(undefined, { signal }),
  onEvent: (event) => tasksStore.setState((state) => applyTaskEvent(state, event)),
};

/** Selects from the tasks. Select the smallest value. */
export function useTasks<Value>(select: (state: TasksState) => Value): Value {
  return useStore(tasksStore, select);
}
