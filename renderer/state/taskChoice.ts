import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { TaskId } from '#core/contract/ids.ts';
import { showDock } from './layout.ts';

const taskChoiceStore = createStore<{ readonly chosenId: TaskId | null }>()(() => ({ chosenId: null }));

/** Chooses the task whose log the task centre shows. */
export function chooseTask(id: TaskId | null): void {
  taskChoiceStore.setState({ chosenId: id });
}

/** Opens the task centre at a task; for messages and for pages whose work it is. */
export function showTask(id: TaskId): void {
  chooseTask(id);
  showDock('tasks');
}

/** The chosen task, or null. */
export function useChosenTaskId(): TaskId | null {
  return useStore(taskChoiceStore, (state) => state.chosenId);
}
