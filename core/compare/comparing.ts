import type {
  CompareInput,
  Comparison,
  ComparisonPageInput,
  FileDifference,
  KeptComparison,
  PackageDifference,
} from '#core/contract/compare.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

/** Comparisons of images of this machine, and what they found. */
export interface Comparing {
  readonly definition: TaskDefinition<CompareInput>;
  /** Fails as `compare.start` does for what can be known before. */
  check(input: CompareInput): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly KeptComparison[]>;
  remove(ids: readonly TaskId[]): Promise<void>;
  /** These fail with task.unknown where the result is not kept. */
  result(id: TaskId): Promise<Comparison>;
  files(input: ComparisonPageInput): Promise<Page<FileDifference>>;
  packages(input: ComparisonPageInput): Promise<Page<PackageDifference>>;
  text(id: TaskId): Promise<string>;
}

/** A page of the rows that match a filter; `matching` counts them all. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly matching: number;
}
