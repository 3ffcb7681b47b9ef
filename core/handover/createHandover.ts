import type { TaskDefinition } from '#core/tasks/task.ts';
import { adoptTask, planAdopt } from './adoptWorkspace.ts';
import { embedTask, planEmbed } from './embedWorkspace.ts';
import type { Handover } from './handover.ts';
import type { HandoverMeans } from './handoverMeans.ts';
import { packTask, planPack } from './packWorkspace.ts';
import { createUnpacking } from './unpackBelow.ts';

/** Workspaces handed over: packed, adopted, embedded. */
export function createHandover(means: HandoverMeans): Handover {
  const unpacking = createUnpacking(means);
  return {
    taskDefinitions: [
      untyped(packTask(means)),
      untyped(adoptTask(means)),
      untyped(unpacking.definition),
      untyped(embedTask(means)),
    ],
    stopUnpacking: (hostId, id) => unpacking.stop(hostId, id),
    unpackingsWanted: (hostId) => unpacking.wanted(hostId),
    isToUnpack: (one) => unpacking.isToUnpack(one),
    planPack: (input) => planPack(means, input),
    planAdopt: (input) => planAdopt(means, input),
    planEmbed: (input) => planEmbed(means, input),
  };
}

/** The task manager keeps definitions of all kinds beside each other; each checks its own input. */
function untyped<Input>(definition: TaskDefinition<Input>): TaskDefinition<unknown> {
  const { kind, input, describe, storedInput, run } = definition;
  return {
    kind,
    input,
    describe: (value) => describe(input.parse(value)),
    storedInput: (value) => storedInput(input.parse(value)),
    run: (value, context) => run(input.parse(value), context),
  };
}
