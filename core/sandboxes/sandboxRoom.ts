import { createHash } from 'node:crypto';
import { folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host, RunOptions } from '#core/hosts/host.ts';
import { createOwnedTrees } from '#core/hosts/ownedTree.ts';
import { createTurns } from '#core/hosts/turns.ts';
import { type LockMode, lockInWords, type WorkLock, type WorkLocks } from '#core/hosts/workLocks.ts';
import { createWorkRecords, type WorkRecords } from '#core/images/workRecords.ts';
import type { Argument, CommandSpec } from '#core/runtime/commandSpec.ts';
import { mountOf, mountsBelow, ownerlessFileSystem, parseMountTable } from '#core/runtime/mountTable.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';

/** Where the sandboxes of one host are worked on. */
export interface SandboxRoom {
  readonly host: Host;
  /** What is known of each sandbox, in a folder named by its id; on the host itself. */
  readonly folder: HostPath;
  readonly records: WorkRecords;
  /** Runs a fixed script with the person's subordinate ids. Fails with what its words mean, told of `path`. */
  run(script: string, work: RoomRun): Promise<string>;
  /** The command that does so. */
  command(script: string, work: Pick<RoomRun, 'purpose' | 'words'>): Promise<CommandSpec>;
  /** What the words of such a script mean, told of `path`. */
  failure(words: string, path: HostPath): Error;
  /** Removes a tree with its files of subordinate ids; nothing there is no error. */
  remove(path: HostPath): Promise<void>;
  /** Renames a tree, also over folders and whoever owns it; never replaces anything (image.targetExists). */
  move(from: HostPath, to: HostPath): Promise<void>;
  /**
   * Does work on a sandbox that no other work may disturb: what reads its tree goes together, what exchanges or removes it
   * goes alone. Fails with sandbox.busy. Of detached work only the beginning is done here: the sandbox stays held while the
   * job runs, until `release`.
   */
  hold<Result>(path: HostPath, request: HoldRequest, work: () => Promise<Result>): Promise<Result>;
  /** Lets go of what was held for a detached job that is over. */
  release(taskId: TaskId): Promise<void>;
  /** One after the other: what is read of a record and written back. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Removes what says of dead processes that they work on something. */
  sweepLocks(): Promise<void>;
}

export interface HoldRequest {
  readonly taskId: TaskId;
  readonly mode: LockMode;
  /** For others who must wait, as a phrase: `a copy of it is made`. */
  readonly what: string;
  /** The work begins a detached job under the task's id. */
  readonly isDetached?: boolean;
  /** Whether work with such a job leaves it behind when it throws this. */
  readonly isLeftAfter?: (thrown: unknown) => boolean;
}

/** How files in the folder of records are called that say who works on a sandbox. */
const lockPrefix = '.working-';

export interface RoomRun {
  readonly purpose: string;
  readonly words: readonly Argument[];
  /** The sandbox that it is about. */
  readonly path: HostPath;
  readonly signal?: AbortSignal;
  readonly taskId?: TaskId;
  readonly stdin?: Uint8Array;
  /** Gives it a terminal, so that it dies with us even when we are killed; what it says is then one text. */
  readonly isLong?: boolean;
}

const moveScript = `if [ -e "$2" ] || [ -L "$2" ]; then exit 17; fi
mv -n -T -- "$1" "$2" && [ ! -e "$1" ]`;
const existsStatus = 17;
/** Of all rooms of this process: two may be open for one host. */
const recordTurns = createTurns();
const terminal = { columns: 200, rows: 40 };

export function createSandboxRoom(options: {
  readonly host: Host;
  readonly stateFolder: HostPath;
  readonly locks: WorkLocks;
  readonly onProblem: (text: string) => void;
}): SandboxRoom {
  const { host, locks, onProblem } = options;
  const folder = joinPath(options.stateFolder, hostPathFromText('sandboxes'));
  const trees = createOwnedTrees(host);
  const owned: Host = {
    ...host,
    run: (spec, given) => host.run(spec, given),
    openPty: (spec, given) => host.openPty(spec, given),
    files: {
      ...host.files,
      async remove(path) {
        const reason = await trees.remove(path);
        if (reason !== null) throw workbenchError('sandbox.failed', { path, reason }, { hostId: host.id });
      },
    },
  };

  return {
    host,
    folder,
    records: createWorkRecords({
      host: owned,
      folder: joinPath(folder, hostPathFromText('work')),
      onProblem,
    }),

    async run(script, { purpose, words, path, isLong, ...rest }) {
      const given: RunOptions = isLong === true ? { ...rest, terminal } : rest;
      const outcome = await trees.run(script, { purpose, words, options: given });
      const said = isLong === true ? stripAnsi(outcome.stdout) : outcome.stderr;
      if (outcome.exitStatus !== 0) throw failureOf(said, path, host);
      return outcome.stdout;
    },

    command: (script, work) => trees.command(script, work),
    failure: (words, path) => failureOf(stripAnsi(words), path, host),
    remove: (path) => owned.files.remove(path),

    async move(from, to) {
      const purpose = 'Give a sandbox its name';
      const words = [{ path: from }, { path: to }];
      const { exitStatus, stderr } = await trees.run(moveScript, { purpose, words });
      if (exitStatus === existsStatus)
        throw workbenchError('image.targetExists', { path: to }, { hostId: host.id });
      if (exitStatus !== 0) throw failureOf(stderr, to, host);
    },

    async hold(path, request, work) {
      const real = await host.files.realPath(path);
      const prefix = `${lockPrefix}${createHash('sha256').update(real).digest('hex').slice(0, 24)}-`;
      const busy = (lock: WorkLock) =>
        workbenchError('sandbox.busy', { path, reason: lockInWords(lock) }, { hostId: host.id });
      await host.files.makeFolder(folder, 0o700);
      return await locks.hold(host, { ...request, folder, prefix, busy }, work);
    },
    async release(taskId) {
      if ((await host.files.stat(folder)) === null) return;
      for (const { name } of await host.files.list(folder))
        if (name.startsWith(lockPrefix) && name.endsWith(`-${taskId}.json`))
          await host.files.remove(joinPath(folder, name));
    },
    inTurn: (work) => recordTurns.take(`${host.id} ${folder}`, work),
    sweepLocks: () => locks.sweep(host, { folder, prefix: lockPrefix }),
  };
}

/** Words of find, cp, rm and mv → what they mean. */
function failureOf(words: string, path: HostPath, host: Host): Error {
  const lines = words.split('\n').map((line) => line.trim());
  const last = lines.findLast((line) => line !== '') ?? null;
  const where = { hostId: host.id, evidence: words.slice(-16_384) };
  const folder = folderName(path);
  if (/No space left on device/.test(words)) return workbenchError('disk.full', { path: folder }, where);
  if (/Disk quota exceeded/.test(words)) return workbenchError('disk.quota', { path: folder }, where);
  if (/Read-only file system/.test(words)) return workbenchError('disk.readOnly', { path: folder }, where);
  return workbenchError('sandbox.failed', { path, reason: last }, where);
}

/** The name of the file system that holds a path (or its nearest parent), where it keeps no owners; null for others. */
export async function ownerlessPlace(host: Host, path: HostPath): Promise<string | null> {
  let there = path;
  while (there !== '/' && there !== '.' && (await host.files.stat(there)) === null) there = folderName(there);
  const mount = mountOf(await host.files.realPath(there), await mountTable(host));
  return mount === null ? null : ownerlessFileSystem(mount);
}

/** Folders in a tree that are mounts. */
export async function mountsIn(host: Host, path: HostPath): Promise<readonly HostPath[]> {
  return mountsBelow(await host.files.realPath(path), await mountTable(host));
}

async function mountTable(host: Host) {
  const spec = {
    program: 'cat',
    args: ['/proc/self/mountinfo'],
    environment: {},
    purpose: 'Read the mounts',
    byHand: null,
  };
  const { stdout } = await host.run(spec, { isQuiet: true, keepBytes: 8 * 1024 * 1024 });
  return parseMountTable(stdout);
}
