import type { HostPath } from '#core/contract/hostPath.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { Instance, OneInstance, StartInstanceInput } from '#core/contract/instances.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { optionObstacle } from '#core/runtime/actionWarnings.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { explainFailure } from '#core/runtime/explainFailure.ts';
import {
  instanceListCommand,
  instanceShellCommand,
  instanceStartCommand,
  instanceStatsCommand,
  instanceStopCommand,
  type ListedInstance,
  parseInstanceList,
  parseInstanceStats,
  processStats,
} from '#core/runtime/instance.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import { workspaceEnvironment } from '#core/runtime/workspaceMount.ts';
import { createInstanceNotes } from './instanceNotes.ts';
import { readProcesses, readState, usualLogs } from './instanceState.ts';
import type { Instances, InstancesMeans } from './instances.ts';
import { readTail } from './logTail.ts';

interface Room {
  readonly host: Host;
  readonly runtime: Runtime;
}

export function createInstances({ hosts, openWorkspace, rules, stateFolderOf }: InstancesMeans): Instances {
  async function roomOf(id: HostId): Promise<Room> {
    const host = await hosts.open(id);
    return { host, runtime: await hosts.runtime(id) };
  }
  const notesOf = (host: Host) => createInstanceNotes(host, stateFolderOf(host));

  /** A failed command of the runtime → its name. */
  function failureOf({ host, runtime }: Room, spec: CommandSpec, outcome: CommandOutcome, name: string) {
    const { stderr, exitStatus } = outcome;
    const failure = { stderr, exitStatus, dialect: runtime.dialect, verb: 'run' as const };
    const { conditions } = runtime;
    const known = explainFailure({ ...failure, ...(conditions && { host: conditions }) }, rules);
    const said = stripAnsi(stderr).trim().split('\n').at(-1) ?? '';
    const { code, facts } = known ?? {
      code: 'runtime.failed' as const,
      facts: { verb: 'start the instance', ...(said === '' ? {} : { reason: said }) },
    };
    const own = code === 'instance.unknown' || code === 'instance.exists' ? { name } : {};
    return workbenchError(
      code,
      { ...facts, ...own },
      { hostId: host.id, command: spec.byHand ?? showCommand(spec), evidence: stderr, exitStatus },
    );
  }

  async function listed(room: Room): Promise<readonly ListedInstance[]> {
    const spec = instanceListCommand(room.runtime);
    const outcome = await room.host.run(spec, { isQuiet: true, keepBytes: 8 * 1024 * 1024 });
    const list = outcome.exitStatus === 0 ? parseInstanceList(outcome.stdout) : null;
    if (list === null) throw failureOf(room, spec, outcome, '');
    return list;
  }

  async function findListed(room: Room, name: string): Promise<ListedInstance> {
    const found = (await listed(room)).find((one) => one.name === name);
    if (found !== undefined) return found;
    const { node } = await readState(room.host, room.runtime.dialect.programName, []);
    throw workbenchError('instance.unknown', { name, node }, { hostId: room.host.id });
  }

  async function list(room: Room): Promise<{ readonly node: string; readonly instances: Instance[] }> {
    const { host, runtime } = room;
    const here = await listed(room);
    const nowhere = hostPathFromText('/nonexistent');
    const logs = here.flatMap(({ outLog, errorLog }) => [outLog ?? nowhere, errorLog ?? nowhere]);
    const state = await readState(host, runtime.dialect.programName, logs);
    const { node, files, sizes } = state;
    const notes = await notesOf(host).readAll(
      node,
      here.map(({ name }) => name),
    );
    return {
      node,
      instances: [
        ...here.map(({ name, processId, imagePath }, index): Instance => {
          const note = notes[index] ?? null;
          const file = files.find((one) => one.node === node && one.name === name);
          return {
            name,
            hostId: host.id,
            node,
            processId,
            imagePath,
            startedAt: file?.startedAt ?? null,
            isRunning: true,
            outBytes: sizes[2 * index] ?? null,
            errorBytes: sizes[2 * index + 1] ?? null,
            workspace: note?.processId === processId ? note.workspace : null,
          };
        }),
        ...files
          .filter((file) => file.node !== node)
          .map(
            (file): Instance => ({
              ...file,
              hostId: host.id,
              processId: null,
              isRunning: null,
              outBytes: null,
              errorBytes: null,
              workspace: null,
            }),
          ),
      ],
    };
  }

  /** The command of a start, with its workspace. Fails on what is known before. */
  async function prepare({ host, runtime }: Room, input: StartInstanceInput) {
    const obstacle = optionObstacle(input);
    if (obstacle !== null) throw workbenchError(obstacle.code, obstacle.facts, { hostId: host.id });
    if ((await host.files.stat(input.imagePath)) === null)
      throw workbenchError('image.missing', { path: input.imagePath }, { hostId: host.id });
    const workspace = await openWorkspace(host, runtime, actionOf(input));
    // HOME alone: no option sets it for a start script while the home folder, with the workspace in it, is mounted.
    if (workspace !== null && workspace.mount.route === 'environment')
      throw workbenchError(
        'workspace.cannotOpen',
        {
          name: workspace.name,
          reason:
            'This host forbids --home, binds and overlays, and without them nothing gives an instance its home folder. Open the workspace with shell or exec, which have another way.',
        },
        { hostId: host.id },
      );
    const { imagePath, name, options, args } = input;
    const plain = instanceStartCommand({
      runtime,
      imagePath,
      name,
      options,
      args,
      ...(workspace === null ? {} : { workspace: workspace.mount }),
    });
    const spec = workspace === null ? plain : workspace.wrapInstance(plain, name);
    return { workspace, spec };
  }

  return {
    list: async (hostId) => await list(await roomOf(hostId)),

    async previewStart(input) {
      const { workspace, spec } = await prepare(await roomOf(input.hostId), input);
      const withMemory = input.options.isWritableTmpfs
        ? ['Changes inside the container are kept in memory, in little space, and are lost when it ends.']
        : [];
      return {
        command: spec.byHand ?? showCommand(spec),
        warnings: [...withMemory, ...(workspace?.warnings ?? [])],
      };
    },

    async start(input) {
      const room = await roomOf(input.hostId);
      const { workspace, spec } = await prepare(room, input);
      const outcome = await room.host.run(spec);
      if (outcome.exitStatus !== 0) throw failureOf(room, spec, outcome, input.name);
      const { processId } = await findListed(room, input.name);
      if (workspace !== null && input.workspace !== null) {
        const { node } = await readState(room.host, room.runtime.dialect.programName, []);
        const known = { id: input.workspace, name: workspace.name };
        await notesOf(room.host).write(node, input.name, { processId, workspace: known });
      }
      const { instances } = await list(room);
      const started = instances.find((one) => one.name === input.name && one.processId === processId);
      if (started === undefined)
        throw workbenchError('instance.unknown', { name: input.name }, { hostId: room.host.id });
      return started;
    },

    async stats({ hostId, name }) {
      const room = await roomOf(hostId);
      const { processId } = await findListed(room, name);
      const spec = instanceStatsCommand(room.runtime, name);
      const outcome = spec === null ? null : await room.host.run(spec, { isQuiet: true });
      const told = outcome?.exitStatus === 0 ? parseInstanceStats(outcome.stdout) : null;
      if (told !== null) return told;
      const counted = processStats(await readProcesses(room.host), processId);
      return {
        cpuSeconds: counted?.cpuSeconds ?? null,
        memoryBytes: counted?.memoryBytes ?? null,
        memoryLimitBytes: null,
        processes: counted?.processes ?? null,
        source: counted === null ? null : 'processes',
        reason: reasonOf(outcome),
      };
    },

    async logs({ hostId, name }, limitBytes) {
      const room = await roomOf(hostId);
      const running = (await listed(room)).find((one) => one.name === name);
      const usual = await usualLogs(room.host, room.runtime.dialect.programName, name);
      const tail = async (path: HostPath) => await readTail(room.host.files, path, limitBytes);
      const [out, error] = await Promise.all([
        tail(running?.outLog ?? usual.out),
        tail(running?.errorLog ?? usual.error),
      ]);
      if (out === null && error === null) await findListed(room, name);
      return {
        out: out?.text ?? '',
        error: error?.text ?? '',
        isCut: out?.isCut === true || error?.isCut === true,
      };
    },

    async stop({ hostId, name }) {
      const room = await roomOf(hostId);
      const { node } = await readState(room.host, room.runtime.dialect.programName, []);
      await findListed(room, name); // `stop` takes patterns: only what is there by this very name
      const spec = instanceStopCommand(room.runtime, name);
      const outcome = await room.host.run(spec);
      if (outcome.exitStatus !== 0) throw failureOf(room, spec, outcome, name);
      await notesOf(room.host).forget(node, name);
    },

    async resolveShell({ hostId, name }: OneInstance) {
      const room = await roomOf(hostId);
      const { processId } = await findListed(room, name);
      const spec = instanceShellCommand(room.runtime, name);
      const { node } = await readState(room.host, room.runtime.dialect.programName, []);
      const [note] = await notesOf(room.host).readAll(node, [name]);
      return note?.processId === processId
        ? { ...spec, environment: { ...workspaceEnvironment, ...spec.environment } }
        : spec;
    },
  };
}

/** As the preflight of workspaces asks: the start script is run with what follows it. */
function actionOf({ hostId, imagePath, options, args, workspace }: StartInstanceInput): ActionInput {
  return { hostId, path: imagePath, verb: 'run', options, args, workspace };
}

/** Why the control groups do not tell, in a sentence. */
function reasonOf(outcome: CommandOutcome | null): string {
  if (outcome === null) return 'This version of the runtime has no statistics of instances.';
  const said = /^Error for command "stats": (.{1,300})$|^FATAL: +(.{1,300})$/m.exec(
    stripAnsi(outcome.stderr),
  );
  const words = said?.[1] ?? said?.[2];
  if (words === undefined) return 'The runtime did not tell what it uses.';
  if (/only available if cgroups are enabled/.test(words))
    return 'The runtime could not give the instance a control group on this host, so nobody counts for it.';
  return `The runtime says: ${words.trim()}`;
}
