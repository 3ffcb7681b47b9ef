import type { PushInput, PushPlan } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { planPush } from './planPush.ts';
import type { KnownPushHost, PushMeansOf } from './pushMeans.ts';
import { pushDefinition } from './pushTask.ts';

/** Sending images of this machine to ssh hosts. */
export interface Sending {
  readonly definition: TaskDefinition<PushInput>;
  plan(input: PushInput): Promise<PushPlan>;
  /** As part of another task, such as a pull that is made here and sent. */
  run(input: PushInput, context: TaskContext): Promise<TaskResult>;
}

/** Puts sending together from what is known of hosts. */
export function createSending(meansOf: PushMeansOf, known: KnownPushHost): Sending {
  const definition = pushDefinition(meansOf, known);
  return {
    definition,
    plan: async (input) => await planPush(input, await meansOf(input.hostId), known),
    run: (input, context) => definition.run(input, context),
  };
}
