import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { useTasks } from '#renderer/state/tasks.ts';

export type ComparisonTab = 'packages' | 'files' | 'definition' | 'environment';

/** The two images of a comparison, both of this machine. */
export interface ComparedPaths {
  readonly left: HostPath;
  readonly right: HostPath;
}

export interface CompareState {
  /** The comparison that the person chose; null shows the newest. */
  readonly chosenId: TaskId | null;
  /** The images of the shown comparison, as far as they are known. */
  readonly paths: ComparedPaths | null;
  /** The shown comparison when it has an answer, which can be copied and saved. */
  readonly answeredId: TaskId | null;
  readonly tab: ComparisonTab | null;
  readonly fileFilter: string;
  readonly packageFilter: string;
}

const firstState: CompareState = {
  chosenId: null,
  paths: null,
  answeredId: null,
  tab: null,
  fileFilter: '',
  packageFilter: '',
};

/** What the person looks at on the page of comparisons; it stays while other pages are shown. */
export const compareStore = createStore<CompareState>()(() => firstState);

/** Selects from the page's state. */
export function useCompare<Value>(select: (state: CompareState) => Value): Value {
  return useStore(compareStore, select);
}

// The contract's own id of this machine; its module would bring the schema library into the first chunk.
const thisMachine = 'local' as HostId;

/** Compares two images of this machine and shows how that goes. Rejects as `compare.start` does. */
export async function startComparison(paths: ComparedPaths): Promise<void> {
  const { taskId } = await client.compare.start({
    left: { hostId: thisMachine, path: paths.left },
    right: { hostId: thisMachine, path: paths.right },
  });
  chooseComparison(taskId, paths);
  goToPage('compare');
}

/** Shows a comparison. */
export function chooseComparison(chosenId: TaskId, paths: ComparedPaths | null = null): void {
  compareStore.setState({ ...firstState, chosenId, paths });
}

function isComparison(task: Task): boolean {
  return task.kind === 'image.compare';
}

/**
 * The comparison that the page shows: the chosen one, else the newest that runs or is kept. `kept` are the ids of results,
 * newest first; null while they are not known.
 */
export function useShownComparisonId(kept: readonly TaskId[] | null): TaskId | null {
  const chosenId = useCompare((state) => state.chosenId);
  const newest = useTasks((state) => state.tasks.find(isComparison) ?? null);
  if (chosenId !== null) return chosenId;
  const isGone = newest?.status.state === 'succeeded' && kept !== null && !kept.includes(newest.id);
  return newest === null || isGone ? (kept?.[0] ?? null) : newest.id;
}

/** Puts everything back: each test starts afresh. */
export function resetCompareState(): void {
  compareStore.setState(firstState, true);
}
