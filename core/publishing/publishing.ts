import type { PublishInput, PublishPlan } from '#core/contract/images.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';

/** SIFs of any host pushed to registries as ORAS artifacts. */
export interface Publishing {
  readonly definition: TaskDefinition<PublishInput>;
  plan(input: PublishInput, signal: AbortSignal): Promise<PublishPlan>;
}
