import type { Host } from '#core/contract/hosts.ts';
import type { Progress, ProgressPart, Task } from '#core/contract/tasks.ts';

const shownKinds: ReadonlySet<Task['kind']> = new Set([
  'image.pull',
  'image.add',
  'image.import',
  'image.push',
  'image.publish',
]);

/**
 * The pulls, adds, imports and sendings that stand above the images of these hosts: what has not ended, and what failed or was
 * cancelled, until it is dismissed or something newer for the same file has begun. Newest first, as the tasks come. A
 * sending is shown with the images of either end.
 */
export function pullsOf(tasks: readonly Task[], shown: readonly Host[]): readonly Task[] {
  const ids = new Set(shown.map((host) => host.id));
  const hasLocal = shown.some((host) => host.kind === 'local');
  const begun = new Set<string>();
  return tasks.filter((task) => {
    if (!shownKinds.has(task.kind)) return false;
    if (!ids.has(task.hostId) && !(task.kind === 'image.push' && hasLocal)) return false;
    const file = `${task.hostId}\n${task.target ?? task.title}`;
    const isReplaced = begun.has(file);
    begun.add(file);
    const { state } = task.status;
    if (state === 'succeeded') return false;
    return !isReplaced || (state !== 'failed' && state !== 'cancelled');
  });
}

/** The progress of a task, where it has one. */
export function progressOf(task: Task): Progress | null {
  return task.status.state === 'running' || task.status.state === 'cancelling' ? task.status.progress : null;
}

/** A piece of a bar that shows several parts side by side, to scale. */
export interface BarPiece {
  readonly id: string;
  /** 0 to 1 of the whole bar. */
  readonly share: number;
  /** 0 to 1 of this piece. */
  readonly done: number;
}

/** The parts as pieces of one bar; null where a size is not known, or where there is only one part. */
export function barPieces(parts: readonly ProgressPart[]): readonly BarPiece[] | null {
  const total = parts.reduce((sum, part) => sum + (part.totalBytes ?? 0), 0);
  if (parts.length < 2 || total <= 0 || parts.some((part) => part.totalBytes === null)) return null;
  return parts.map((part) => ({
    id: part.id,
    share: (part.totalBytes ?? 0) / total,
    done: part.state === 'done' ? 1 : partFraction(part),
  }));
}

/** 0 to 1; 0 where the size is unknown or nothing. */
function partFraction(part: ProgressPart): number {
  if (part.totalBytes === null || part.totalBytes <= 0) return 0;
  return Math.min(1, part.doneBytes / part.totalBytes);
}
