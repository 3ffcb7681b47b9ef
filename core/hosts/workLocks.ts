import { z } from 'zod';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { Host } from './host.ts';
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

  function isHeld({ owner, since }: WorkLock, key: string): boolean {
    if (isThisProcess(owner)) return held.has(key); // another one could not be removed when its work was over
    const life = livenessOf(owner);
    return life === 'alive' || (life === 'elsewhere' && Date.now() - since < elsewhereMs);
  }

  const fileOf = ({ folder, prefix }: LockRequest, id: TaskId) =>
    joinPath(folder, hostPathFromText(`${prefix}${id}.json`));

  const keyOf = ({ id }: Host, file: HostPath) => `${id} ${file}`;

  /** The one that hinders, if any; what nobody holds any more is removed. */
  async function take(host: Host, request: LockRequest): Promise<WorkLock | null> {
    const { folder, prefix, taskId, mode, what } = request;
    const own: WorkLock = { version: 1, owner: thisProcess, taskId, mode, what, since: Date.now() };
    const words = [{ path: folder }, prefix, taskId, JSON.stringify(own)];
    const spec = commandSpec('/bin/sh', ['-c', takeScript, 'mysingularity', ...words], {
      purpose: 'Look for other work on it',
    });
    const { stdout } = await host.run(spec, { isQuiet: true });
    for (const line of stdout.split('\n')) {
      const lock = parseLock(line);
      if (lock === null) continue;
      const file = fileOf(request, lock.taskId);
      if (!isHeld(lock, keyOf(host, file))) await host.files.remove(file);
      else if (mode === 'write' || lock.mode === 'write') return lock;
    }
    return null;
  }

  return {
    async hold(host, request, work) {
      const file = fileOf(request, request.taskId);
      held.add(keyOf(host, file));
      try {
        const other = await turns.take(host.id, () => take(host, request));
        if (other !== null) throw request.busy(other);
        return await work();
      } finally {
        held.delete(keyOf(host, file));
        // A cut line leaves it: nobody holds it then, and the next one removes it.
        await host.files.remove(file).catch(() => undefined);
      }
    },

    async sweep(host, { folder, prefix }) {
      const names = (await host.files.list(folder)).map(({ name }) => name);
      const files = names.filter((name) => name.startsWith(prefix)).map((name) => joinPath(folder, name));
      const read = await host.files.readMany(files.map((path) => ({ path, offset: 0, length: 4096 })));
      for (const [at, file] of files.entries()) {
        const lock = parseLock(new TextDecoder().decode(read[at] ?? new Uint8Array()));
        if (lock !== null && !isHeld(lock, keyOf(host, file))) await host.files.remove(file);
      }
    },
  };
}

function parseLock(line: string): WorkLock | null {
  try {
    return lockSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null; // anybody may write there: it is no lock
  }
}

/** Who hinders, as a sentence for the words of a failure. */
export function lockInWords({ owner, what }: WorkLock): string {
  const [machine = ''] = owner.machine.split(' ');
  return isThisProcess(owner)
    ? `At the moment ${what}`
    : `At the moment ${what} by process ${owner.processId} on ${machine}`;
}
