import { z } from 'zod';
import { type HostPath, hostPathFromText, hostPathSchema, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { OneSandbox } from '#core/contract/sandboxes.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedJob } from '#core/hosts/detachedJob.ts';
import type { DetachedWork } from '#core/tasks/detachedWork.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { requireSandbox } from './sandboxRecord.ts';
import type { HoldRequest, SandboxRoom } from './sandboxRoom.ts';

const text = hostPathFromText;
const planName = 'plan.json';
const planLimitBytes = 256 * 1024;
const purpose = 'Copy the sandbox';

/** Blocks are shared where the file system can; hard links within the tree stay, mounts are not entered. */
const copyScript = `if cp --help 2>&1 | grep -q -- --reflink; then exec cp -a -x --reflink=auto -- "$1" "$2"; fi
exec cp -a -x "$1" "$2"`;

/** Which tree is copied, and into a private folder in which parent. */
export interface CopyPlaces {
  readonly from: HostPath;
  readonly parent: HostPath;
  /** The sandbox that it is about. */
  readonly path: HostPath;
}

/** Work that is a copy in its long part. `Plan` survives JSON: it lies beside the detached job. */
export interface TreeCopying<Input extends OneSandbox, Plan> {
  readonly title: (input: Input) => string;
  readonly plan: z.ZodType<Plan>;
  prepare(
    room: SandboxRoom,
    input: Input,
    taskId: TaskId,
  ): Promise<{ readonly plan: Plan; readonly places: CopyPlaces }>;
  /** Gives the copy, `root` in a private folder, its name. May be cut anywhere and is then done again. */
  land(room: SandboxRoom, plan: Plan, folder: HostPath): Promise<TaskResult>;
  /** What it is when it has landed; else null. */
  made(room: SandboxRoom, input: Input, taskId: TaskId): Promise<TaskResult | null>;
  /** Brings a landing that was cut to its end. */
  settle?(room: SandboxRoom, taskId: TaskId): Promise<void>;
  /** Where the private folder of a task is; null where there can be none. */
  parentOf(room: SandboxRoom, input: Input): Promise<HostPath | null>;
}

/** Copies a tree into a private folder in `parent`; `land` gives it its name. Nothing partial outlives a kill. */
export async function copyHere<Result>(
  room: SandboxRoom,
  { from, parent, path }: CopyPlaces,
  context: TaskContext,
  land: (folder: HostPath) => Promise<Result>,
): Promise<Result> {
  const { files } = room.host;
  const prefix = text(`.mysingularity-${context.id}-`);
  await room.records.begin(context.id, { files: [], folders: [{ parent, prefix }], resumable: [] });
  try {
    const folder = await files.makeTemporaryFolder(parent, prefix);
    context.report(copying);
    await room.run(copyScript, {
      path,
      words: [{ path: from }, { path: joinPath(folder, text('root')) }],
      purpose,
      signal: context.signal,
      taskId: context.id,
      isLong: true,
    });
    context.signal.throwIfAborted();
    context.report(naming);
    return await land(folder);
  } finally {
    await room.records.end(context.id, { isResumableKept: false });
  }
}

/** The same as a detached job of an ssh host, which goes on when the line is cut or this process ends. */
export function copyThere<Input extends OneSandbox, Plan>(
  room: SandboxRoom,
  {
    input,
    hold,
    work,
  }: {
    readonly input: Input;
    readonly hold: Omit<HoldRequest, 'taskId'>;
    readonly work: TreeCopying<Input, Plan>;
  },
  context: TaskContext,
): DetachedWork<TaskResult> {
  const { host } = room;
  const { path } = input;
  const { id: taskId } = context;
  const noted = z.object({ plan: work.plan, parent: hostPathSchema });
  return {
    async made() {
      await work.settle?.(room, taskId);
      return await work.made(room, input, taskId);
    },
    async begin(start) {
      await requireSandbox(room, path);
      return await room.hold(path, { ...hold, taskId, isDetached: true }, async () => {
        const { plan, places } = await work.prepare(room, input, taskId);
        const folder = privateFolder(places.parent, taskId);
        await host.files.makeFolder(folder, 0o700);
        context.report(copying);
        const words = [{ path: places.from }, { path: joinPath(folder, text('root')) }];
        context.signal.throwIfAborted();
        return await start(await room.command(copyScript, { purpose, words }), {
          title: work.title(input),
          wantsTerminal: false,
          files: [{ name: planName, data: JSON.stringify({ plan, parent: places.parent }) }],
          ownedPaths: [folder],
        });
      });
    },
    async complete(job) {
      const [bytes] = await host.files.readMany([
        { path: joinPath(job.folder, text(planName)), offset: 0, length: planLimitBytes },
      ]);
      const known = noted.safeParse(jsonOrNull(bytes ?? null));
      if (!known.success)
        throw workbenchError(
          'task.interrupted',
          { host: host.label, reason: 'What it was to do is not known any more' },
          { hostId: host.id },
        );
      await followed(room, job, path, context);
      const { plan, parent } = known.data;
      context.signal.throwIfAborted();
      context.report(naming);
      const land = () => work.land(room, plan as Plan, privateFolder(parent, taskId));
      // The copy is over, and with it what kept others away; what leaves the tree as it is bears them.
      return hold.mode === 'read' ? await land() : await room.hold(path, { ...hold, taskId }, land);
    },
    async end() {
      await work.settle?.(room, taskId);
      const parent = await work.parentOf(room, input);
      if (parent !== null) await room.remove(privateFolder(parent, taskId));
      await room.release(taskId);
    },
  };
}

const copying = { phase: 'copy', fraction: null, text: 'Copying the files' } as const;
const naming = { phase: 'finish', fraction: 0.98, text: 'Giving it its name' } as const;

function privateFolder(parent: HostPath, taskId: TaskId): HostPath {
  return joinPath(parent, text(`.mysingularity-${taskId}-copy`));
}

/** Waits until the copy is whole; throws where it is not. */
async function followed(
  room: SandboxRoom,
  job: DetachedJob,
  path: HostPath,
  { report, signal }: TaskContext,
): Promise<void> {
  const { host } = room;
  report(copying);
  const { exitStatus, tail } = await job.follow({ from: 0, signal, onOutput: () => undefined });
  if (exitStatus === null || exitStatus > 128)
    throw workbenchError(
      'task.interrupted',
      { host: host.label },
      { hostId: host.id, command: purpose, evidence: tail, exitStatus },
    );
  if (exitStatus !== 0) throw room.failure(tail, path);
}

function jsonOrNull(bytes: Uint8Array | null): unknown {
  if (bytes === null) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // torn or not ours: told by whoever reads it
  }
}
