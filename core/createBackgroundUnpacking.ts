import type { HostId } from '#core/contract/ids.ts';
import type { OneWorkspace } from '#core/contract/workspaces.ts';
import type { Handover } from '#core/handover/handover.ts';
import type { HandoverMeans } from '#core/handover/handoverMeans.ts';
import { createTurns } from '#core/hosts/turns.ts';
import { startLater } from '#core/tasks/startLater.ts';
import type { TaskManager } from '#core/tasks/taskManager.ts';

/** Adopted workspaces, unpacked while nobody waits for it: on each host one after another. */
export interface BackgroundUnpacking extends Pick<HandoverMeans, 'unpackLater' | 'stopTask' | 'isEnding'> {
  /** Takes up what workbenches that have ended, or were killed, left packed on a host. */
  takeUp(hostId: HostId): void;
}

export function createBackgroundUnpacking({
  tasks,
  handover,
  hasWindow,
  signal,
  onProblem,
}: {
  readonly tasks: Pick<TaskManager, 'start' | 'ended' | 'cancel'>;
  readonly handover: () => Pick<Handover, 'unpackingsWanted' | 'isToUnpack'>;
  /** A single command of the command line would only cancel it when it ends with what it was asked for. */
  readonly hasWindow: () => boolean;
  /** Aborts when this process ends. */
  readonly signal: AbortSignal;
  readonly onProblem: (text: string) => void;
}): BackgroundUnpacking {
  const turns = createTurns();
  const later = (start: () => Promise<unknown>) => startLater(start, { signal, onProblem });
  const unpack = (one: OneWorkspace) =>
    turns.take(one.hostId, async () => {
      // Somebody may have done it, removed the workspace or ended this process before its turn came.
      if (signal.aborted || !(await handover().isToUnpack(one)) || signal.aborted) return;
      await tasks.ended(await tasks.start('workspace.unpackBelow', one));
    });
  return {
    unpackLater: (one) => {
      if (hasWindow()) later(() => unpack(one));
      return hasWindow();
    },
    stopTask: async (id) => {
      await tasks.cancel(id);
      await tasks.ended(id);
    },
    isEnding: () => signal.aborted,
    takeUp(hostId) {
      later(async () => await Promise.all((await handover().unpackingsWanted(hostId)).map(unpack)));
    },
  };
}
