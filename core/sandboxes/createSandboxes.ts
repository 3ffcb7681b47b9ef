import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import type { Sandbox, SandboxBase } from '#core/contract/sandboxes.ts';
import { reportOf, workbenchError } from '#core/errors/workbenchError.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { createWorkLocks } from '#core/hosts/workLocks.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { isWritable, sandboxShellCommand } from '#core/runtime/sandboxShell.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { type Made, recordOf, takeBaseline } from './baseline.ts';
import { sandboxDifference } from './difference.ts';
import { draftDefinition } from './draftDefinition.ts';
import { commandsOf, historyFolder } from './history.ts';
import { beginMaking, endMaking, finishMakings } from './makings.ts';
import { removeElsewhere, removeFolder } from './removeElsewhere.ts';
import type { MadeBy, Sandboxes, SandboxesMeans, SandboxPlan } from './sandboxes.ts';
import {
  changeRecord,
  findRecord,
  isSandbox,
  listRecords,
  readIds,
  requireSandbox,
  sandboxOf,
  sweepRecords,
} from './sandboxRecord.ts';
import { createSandboxRoom, ownerlessPlace, type SandboxRoom } from './sandboxRoom.ts';
import { sandboxTasks } from './sandboxTasks.ts';
import { recoverRestores } from './treeCopies.ts';
import { lookForWays, waysInWords } from './waysOfHost.ts';

const longestText = 1024 * 1024;
const text = hostPathFromText;
/** No link is followed: it could lead to a file of the person that is none of the sandbox's. */
const ownDefinitionScript = `cd -- "$1/.singularity.d" && [ ! -L "$1/.singularity.d" ] && [ -f Singularity ] && [ ! -L Singularity ] || exit 0
exec head -c 524288 Singularity`;

/** Sandboxes, with what they stand on. Nothing is read before it is asked for. */
export function createSandboxes(means: SandboxesMeans): Sandboxes {
  const rooms = new Map<HostId, Promise<SandboxRoom>>();
  const locks = createWorkLocks();

  /** The room of a host. At its first use what killed processes left there is taken up or taken away. */
  async function roomOf(id: HostId): Promise<SandboxRoom> {
    const host = await means.hosts.open(id);
    const known = await rooms.get(id)?.catch(() => null); // it failed for whoever asked then
    if (known != null && known.host === host) return known;
    const opening = openRoom(host);
    rooms.set(id, opening);
    return await opening;
  }

  async function openRoom(host: SandboxRoom['host']): Promise<SandboxRoom> {
    const stateFolder = host.id === localHostId ? means.stateFolder : await stateFolderThere(host);
    const room = createSandboxRoom({ host, stateFolder, locks, onProblem: means.onProblem });
    await recoverRestores(room);
    await room.records.removeLeftovers();
    await finishMakings(room, async ({ path, plan }) => {
      try {
        await keepBase(room, plan, { path });
      } catch (thrown) {
        if (isLineFailure(thrown)) throw thrown;
        means.onProblem(`What ${path} began with was not kept: ${reportOf(thrown).title}`);
      }
    });
    await sweepRecords(room);
    return room;
  }

  async function runtimeOf(id: HostId) {
    try {
      return await means.hosts.runtime(id);
    } catch (thrown) {
      if (reportOf(thrown).code !== 'runtime.missing') throw thrown;
      return null;
    }
  }

  async function list(hostId: HostId): Promise<readonly Sandbox[]> {
    const room = await roomOf(hostId);
    const [library, records] = await Promise.all([means.libraryOf(hostId), listRecords(room)]);
    const paths = [...new Set([...library, ...records.map(({ path }) => path)])].sort();
    const ids = await readIds(room, paths);
    const found: Sandbox[] = [];
    for (const [index, path] of paths.entries()) {
      const record = ids[index] == null ? null : await findRecord(room, path);
      if (record === null && !library.includes(path)) continue; // it is gone, or elsewhere by now
      // The library of an ssh host learns later than we do what is gone.
      if (ids[index] == null && !(await isSandbox(room, path))) continue;
      found.push(await sandboxOf(room, path, record));
    }
    return found;
  }

  /** The definition that lies in a sandbox. */
  async function ownDefinition(room: SandboxRoom, path: HostPath): Promise<string | null> {
    const purpose = 'Read the definition of the sandbox';
    const said = await room.run(ownDefinitionScript, { path, purpose, words: [{ path }] });
    return said === '' ? null : said;
  }

  /** Keeps what a new sandbox begins with. */
  async function keepBase(room: SandboxRoom, plan: SandboxPlan, made: Omit<Made, 'base'>): Promise<void> {
    const base: SandboxBase = { ...plan.base, digest: await digestOf(room, plan, made.path) };
    await takeBaseline(room, { ...made, base });
  }

  /** Does what may not take the sandbox away when it fails. */
  async function orNote(context: TaskContext, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      context.signal.throwIfAborted();
      const { title, cause } = reportOf(thrown);
      context.log('note', `What the sandbox began with was not kept: ${title}. ${cause}`);
    }
  }

  async function digestOf(room: SandboxRoom, plan: SandboxPlan, path: HostPath): Promise<string | null> {
    if (plan.file !== null) {
      const facts = await means.local.files.stat(plan.file);
      return facts?.kind === 'file' ? `sha256:${await means.local.files.sha256(plan.file)}` : null;
    }
    if (plan.base.kind === 'definition') return null;
    // The runtime writes down the manifest that it unpacked.
    const labels = joinPath(path, text('.singularity.d/labels.json'));
    const [bytes] = await room.host.files.readMany([{ path: labels, offset: 0, length: longestText }]);
    const said = bytes == null ? '' : new TextDecoder().decode(bytes);
    return /deffile\.from":\s*"[^"]*@(sha256:[0-9a-f]{64})"/.exec(said)?.[1] ?? null;
  }

  return {
    taskDefinitions: sandboxTasks({ ...means, roomOf }),
    list,

    async detail({ hostId, path }) {
      const room = await roomOf(hostId);
      await requireSandbox(room, path);
      const [record, runtime, ownerless] = await Promise.all([
        findRecord(room, path),
        runtimeOf(hostId),
        ownerlessPlace(room.host, path),
      ]);
      const facts = await lookForWays(room.host, runtime);
      const hasForeignOwners = record?.hasForeignOwners ?? null;
      return {
        ...(await sandboxOf(room, path, record)),
        ways: [...waysInWords(facts, { ownerless, hasForeignOwners })],
      };
    },

    difference: async ({ hostId, path }) => await sandboxDifference(await roomOf(hostId), path),

    async draft({ hostId, path }) {
      const room = await roomOf(hostId);
      await requireSandbox(room, path);
      const record = await findRecord(room, path);
      const commands = await commandsOf(room, record);
      const base = record?.base ?? null;
      const own = base?.kind === 'definition' ? await ownDefinition(room, path) : null;
      const definition = draftDefinition({ base, ownDefinition: own, commands, sandbox: path });
      return { definition, commands: commands.length };
    },

    async resolveShell(shell) {
      const { hostId, path, way } = shell;
      const room = await roomOf(hostId);
      await requireSandbox(room, path);
      const [known, runtime, ownerless] = await Promise.all([
        findRecord(room, path),
        runtimeOf(hostId),
        ownerlessPlace(room.host, path),
      ]);
      const facts = await lookForWays(room.host, runtime);
      const words = waysInWords(facts, { ownerless, hasForeignOwners: known?.hasForeignOwners ?? null });
      // With a runtime the others are not offered, and can still be asked for.
      const chosen = words.find(({ id }) => id === way);
      const isPossible = chosen?.isPossible ?? facts.programs.has(way);
      if (!isPossible)
        throw workbenchError('input.invalid', {
          field: 'way',
          reason: chosen?.limits[0] ?? `There is no ${way} on this host that works.`,
        });
      const record = known ?? (isWritable(shell) ? await recordOf(room, path) : null);
      if (record !== null) await changeRecord(room, record, { lastUsedAt: Date.now() });
      const sandboxId = record?.id ?? 'unknown';
      return sandboxShellCommand(shell, {
        ...facts,
        historyFolder: historyFolder(room, sandboxId),
        sandboxId,
      });
    },

    async removing({ hostId, paths }, remove) {
      const host = await means.hosts.open(hostId);
      const own: HostPath[] = [];
      for (const path of paths) if (await isSandbox({ host }, path)) own.push(path);
      return own.length === 0
        ? await remove(async (tree) => await removeFolder(await roomOf(hostId), tree))
        : await removeElsewhere(await roomOf(hostId), own, remove);
    },

    noting<Input>(definition: TaskDefinition<Input>, { of }: MadeBy<Input>): TaskDefinition<Input> {
      return {
        ...definition,
        async run(input, context) {
          const plan = of(input);
          if (plan === null) return await definition.run(input, context);
          if (plan.needsOwners) {
            const folder = plan.folder ?? means.defaultFolder(plan.hostId);
            const fileSystem = await ownerlessPlace(await means.hosts.open(plan.hostId), folder);
            if (fileSystem !== null)
              throw workbenchError(
                'sandbox.fileSystem',
                { path: folder, fileSystem },
                { hostId: plan.hostId },
              );
          }
          const { target } = definition.describe(input);
          // Work that goes on without us is taken up later, and comes here again.
          const isNoted = target !== null && definition.isDetachable?.(input) !== true;
          if (isNoted)
            await orNote(context, async () =>
              beginMaking(await roomOf(plan.hostId), context.id, { path: target, plan }),
            );
          let isOver = true;
          try {
            const result = await definition.run(input, context);
            const { path } = result;
            isOver = path === null; // who ends us from now on leaves the rest to the next start
            if (path !== null)
              await orNote(context, async () => {
                const room = await roomOf(plan.hostId);
                context.report({ phase: 'finish', fraction: 0.99, text: 'Noting what it begins with' });
                await keepBase(room, plan, { path, signal: context.signal });
              });
            isOver = true;
            return result;
          } finally {
            if (isNoted && isOver)
              await orNote(context, async () => endMaking(await roomOf(plan.hostId), context.id));
          }
        },
      };
    },
  };
}

/** `${XDG_STATE_HOME:-~/.local/state}/mysingularity` of an ssh host, where its detached jobs are, too. */
async function stateFolderThere(host: SandboxRoom['host']): Promise<HostPath> {
  const script = `printf '%s' "\${XDG_STATE_HOME:-}"`;
  const spec = commandSpec('/bin/sh', ['-c', script], { purpose: 'Look for the state folder' });
  const { stdout } = await host.run(spec, { isQuiet: true });
  const state = stdout.startsWith('/') ? text(stdout) : joinPath(host.homeFolder, text('.local/state'));
  return joinPath(state, text('mysingularity'));
}
