import type { PushInput, PushPlan } from '#core/contract/images.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { planPush } from './planPush.ts';
import type { KnownPushHost, PushMeansOf } from './pushMeans.ts';
import { pushDefinition } from './pushTask.ts';

/** Sending images of this machine to ssh hosts. */
export interface Sending {
  /** What a push would do; fails as the push would on what can be known before. */
  plan(input: PushInput): Promise<PushPlan>;
  /** The work of a push within another task. */
  run(input: PushInput, context: TaskContext): Promise<TaskResult>;
  /** `image.push`. */
  readonly definition: TaskDefinition<PushInput>;
}

/** Puts the capability together. Nothing is connected before it is asked for. */
export function createSending(options: {
  readonly meansOf: PushMeansOf;
  readonly known: KnownPushHost;
}): Sending {
  const { meansOf, known } = options;
  const definition = pushDefinition(meansOf, known);
  return {
    plan: async (input) => await planPush(input, await meansOf(input.hostId), known),
    run: (input, context) => definition.run(input, context),
    definition,
  };
}
