import { z } from 'zod';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { DetachedFacts } from './detachedJob.ts';
import { createDetachedJobs } from './detachedJobs.ts';
import type { Host } from './host.ts';
import { isLineFailure } from './lineFailure.ts';
import { isThisProcess, livenessOf, processOwnerSchema, thisProcess } from './processOwner.ts';
import { createTurns } from './turns.ts';

/** `read` leaves a tree as it is: any number at a time. `write` exchanges or removes it: nobody else meanwhile. */
export type LockMode = 'read' | 'write';

const lockSchema = z.object({
  version: z.literal(1),
  owner: processOwnerSchema,
  taskId: taskIdSchema,
  mode: z.enum(['read', 'write']),
  what: z.string().max(256),
  /** Milliseconds since 1970, by the clock of who works. */
  since: z.number(),
  /** The work is a detached job under the task's id, and goes on without its process. */
  isDetached: z.boolean().default(false),
});
export type WorkLock = z.infer<typeof lockSchema>;

/** The process ran on another machine, and nobody can ask there: longer than that no work is believed to take. */
const elsewhereMs = 86_400_000;

export interface LockRequest {
  /** An existing folder, and how the names of the locks in it begin: together they say what is worked on. */
  readonly folder: HostPath;
  readonly prefix: string;
  readonly taskId: TaskId;
  readonly mode: LockMode;
  /** For whoever must wait, as a phrase: `a snapshot is made`. */
  readonly what: string;
  /**
   * The work only begins a detached job under the task's id. When it has (and when its line was cut, since it may have) the
   * lock stays until it is released, and counts for as long as that job runs.
   */
  readonly isDetached?: boolean;
  /** Whether work with such a job, from its beginning to its end, leaves it behind when it throws this: the lock then stays, too. */
  readonly isLeftAfter?: (thrown: unknown) => boolean;
}

/** Keeps work on one tree apart, also that of other processes and machines, by a small file for each that works. */
export interface WorkLocks {
  /**
   * Does work while nobody does what it cannot stand; fails with `busy` of the first who does. A lock that cannot be
   * written (a full disk, somebody else's folder) hinders nobody: the locks of others count all the same.
   */
  hold<Result>(
    host: Host,
    request: LockRequest & { readonly busy: (lock: WorkLock) => Error },
    work: () => Promise<Result>,
  ): Promise<Result>;
  /** Removes the lock of a detached job that is over. Nothing there is no error. */
  release(host: Host, lock: Pick<LockRequest, 'folder' | 'prefix' | 'taskId'>): Promise<void>;
  /** Removes the locks in a folder that dead processes left. */
  sweep(host: Host, place: Pick<LockRequest, 'folder' | 'prefix'>): Promise<void>;
}

/**
 * `FOLDER PREFIX ID TEXT`: puts down a lock, whole from the first moment, and prints the others, a line each. It is there
 * before it looks: of two that come at once one at least sees the other.
 */
const takeScript = `umask 077; cd -- "$1" 2>/dev/null || exit 0
{ printf '%s\\n' "$4" >"./$2$3.part" && mv -f -- "./$2$3.part" "./$2$3.json"; } 2>/dev/null || rm -f -- "./$2$3.part"
for each in "./$2"*.json; do
[ "$each" != "./$2$3.json" ] && [ -f "$each" ] && [ ! -L "$each" ] && head -c 4096 -- "$each" | head -n 1
done
:`;

/** One for all that works in this process: it knows which of its own locks are still held. */
export function createWorkLocks(): WorkLocks {
  const held = new Set<string>();
  /** On each host, so that of two that begin at once in this process the first is let in. */
  const turns = createTurns();

  function isHeldByProcess({ owner, since }: WorkLock, key: string): boolean {
    if (isThisProcess(owner)) return held.has(key); // another one could not be removed when its work was over
    const life = livenessOf(owner);
    return life === 'alive' || (life === 'elsewhere' && Date.now() - since < elsewhereMs);
  }

  /** For the locks of one look at a host, which is asked for its jobs at most once. */
  function heldOn(host: Host): (lock: WorkLock, file: HostPath) => Promise<boolean> {
    let states: ReturnType<ReturnType<typeof createDetachedJobs>['states']> | null = null;
    return async (lock, file) => {
      if (isHeldByProcess(lock, keyOf(host, file))) return true;
      if (!lock.isDetached) return false;
      states ??= createDetachedJobs(host).states();
      return isAtWork((await states).get(lock.taskId)?.state, lock);
    };
  }

  const fileOf = ({ folder, prefix }: Pick<LockRequest, 'folder' | 'prefix'>, id: TaskId) =>
    joinPath(folder, hostPathFromText(`${prefix}${id}.json`));

  const keyOf = ({ id }: Host, file: HostPath) => `${id} ${file}`;

  /** The one that hinders, if any; what nobody holds any more is removed. */
  async function take(host: Host, request: LockRequest): Promise<WorkLock | null> {
    const { folder, prefix, taskId, mode, what } = request;
    const isDetached = request.isDetached === true || request.isLeftAfter !== undefined;
    const since = Date.now();
    const own: WorkLock = { version: 1, owner: thisProcess, taskId, mode, what, since, isDetached };
    const words = [{ path: folder }, prefix, taskId, JSON.stringify(own)];
    const spec = commandSpec('/bin/sh', ['-c', takeScript, 'mysingularity', ...words], {
      purpose: 'Look for other work on it',
    });
    const { stdout } = await host.run(spec, { isQuiet: true });
    const isHeld = heldOn(host);
    for (const line of stdout.split('\n')) {
      const lock = parseLock(line);
      if (lock === null) continue;
      const file = fileOf(request, lock.taskId);
      if (!(await isHeld(lock, file))) await host.files.remove(file);
      else if (mode === 'write' || lock.mode === 'write') return lock;
    }
    return null;
  }

  return {
    async hold(host, request, work) {
      const file = fileOf(request, request.taskId);
      const isDetached = request.isDetached === true;
      let stays = false;
      held.add(keyOf(host, file));
      try {
        const other = await turns.take(host.id, () => take(host, request));
        if (other !== null) throw request.busy(other);
        const result = await work();
        stays = isDetached;
        return result;
      } catch (thrown) {
        stays = (isDetached && isLineFailure(thrown)) || request.isLeftAfter?.(thrown) === true;
        throw thrown;
      } finally {
        held.delete(keyOf(host, file));
        // A cut line leaves it: nobody holds it then, and the next one removes it.
        if (!stays) await host.files.remove(file).catch(() => undefined);
      }
    },

    release: (host, lock) => host.files.remove(fileOf(lock, lock.taskId)),

    async sweep(host, { folder, prefix }) {
      const names = (await host.files.list(folder)).map(({ name }) => name);
      const files = names.filter((name) => name.startsWith(prefix)).map((name) => joinPath(folder, name));
      const read = await host.files.readMany(files.map((path) => ({ path, offset: 0, length: 4096 })));
      const isHeld = heldOn(host);
      for (const [at, file] of files.entries()) {
        const lock = parseLock(new TextDecoder().decode(read[at] ?? new Uint8Array()));
        if (lock !== null && !(await isHeld(lock, file))) await host.files.remove(file);
      }
    },
  };
}

/** On another node nobody can ask for the job. */
function isAtWork(state: DetachedFacts['state'] | undefined, { since }: WorkLock): boolean {
  return state === 'running' || (state === 'unknown' && Date.now() - since < elsewhereMs);
}

function parseLock(line: string): WorkLock | null {
  try {
    return lockSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null; // anybody may write there: it is no lock
  }
}

/** Who hinders, as a sentence for the words of a failure. */
export function lockInWords({ owner, what, isDetached }: WorkLock): string {
  const [machine = ''] = owner.machine.split(' ');
  if (isDetached && livenessOf(owner) === 'dead')
    return `At the moment ${what}; it goes on without the workbench that began it`;
  return isThisProcess(owner)
    ? `At the moment ${what}`
    : `At the moment ${what} by process ${owner.processId} on ${machine}`;
}
