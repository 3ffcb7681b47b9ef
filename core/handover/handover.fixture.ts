import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyedLock } from '#core/cache/keyedLock.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type HostId, hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import type { TaskKind, TaskResult } from '#core/contract/tasks.ts';
import { type OneWorkspace, type Workspace, workspaceHome } from '#core/contract/workspaces.ts';
import type { CommandOutcome, Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { createWorkRecords } from '#core/images/workRecords.ts';
import { actionCommand, type Runtime } from '#core/runtime/action.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { TaskCancelled, type TaskContext } from '#core/tasks/task.ts';
import { createWorkspaces } from '#core/workspaces/createWorkspaces.ts';
import { createWorkspaceUse } from '#core/workspaces/openWorkspace.ts';
import type { Workspaces } from '#core/workspaces/workspaces.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createHandover } from './createHandover.ts';
import type { Handover } from './handover.ts';

/** This machine and ssh hosts, each with a folder of workspaces of its own, and what hands them over. */
export interface HandoverFixture {
  readonly folder: string;
  readonly handover: Handover;
  readonly workspaces: Workspaces;
  readonly notes: readonly string[];
  /** What adopting would have a running workbench unpack. */
  readonly followUps: readonly OneWorkspace[];
  host(id: HostId): Promise<Host>;
  /** Where workspaces and packed files of a host are. */
  place(id: HostId): HostPath;
  run(
    kind: TaskKind,
    input: object,
    options?: { readonly signal?: AbortSignal; readonly onPhase?: (phase: string) => void },
  ): Promise<TaskResult>;
  /** A workspace of this machine whose tree a script makes in its working folder. */
  make(name: string, script: string): Promise<Workspace>;
  one(hostId: HostId, name: string): Promise<Workspace>;
  /** The line to an ssh host. */
  line(hostId: HostId): SshConnection;
  /** A script of a host, with the words. */
  say(hostId: HostId, script: string, ...words: readonly string[]): Promise<string>;
  /** A program in a container with a workspace. */
  inside(workspace: Workspace, image: HostPath, ...words: readonly string[]): Promise<CommandOutcome>;
  dispose(): Promise<void>;
}

const observer = { started: () => ({ ended: () => undefined }) };
/** What the doctor says of hosts of the test bed. */
const facts: Readonly<Record<string, string>> = {
  userName: 'tester',
  'has.squashfuse': '/usr/bin/squashfuse',
  fuse: 'open',
  userOverlayTest: 'works',
};

export async function openHandover(
  options: {
    readonly sshHosts?: readonly string[];
    readonly facts?: Readonly<Record<string, string>>;
    readonly folder?: string;
    readonly isEnding?: () => boolean;
  } = {},
): Promise<HandoverFixture> {
  const folder = options.folder ?? mkdtempSync(join(process.env['HOME'] ?? tmpdir(), 'handover-'));
  const environment = scrubbedEnvironment(process.env, null);
  const local = createLocalHost({ environment, observer });
  const hosts = new Map<HostId, Host>([[localHostId, local]]);
  const places = new Map<HostId, HostPath>([[localHostId, hostPathFromText(folder)]]);
  const connections = new Map<HostId, SshConnection>();
  for (const name of options.sshHosts ?? []) {
    const id = hostIdSchema.parse(name);
    const configFile = join(folder, 'ssh_config');
    copyFileSync(testbed().ssh.config, configFile);
    const connection = createSshConnection({
      hostId: id,
      label: name,
      destination: name,
      port: null,
      sharesConnection: true,
      configFile,
      runtimeFolder: folder,
      asker: nobody,
      onChange: () => undefined,
      environment,
    });
    await connection.connect();
    connections.set(id, connection);
    const host = await openSshHost({ id, label: name, connection, observer, initLines: () => '' });
    hosts.set(id, host);
    places.set(id, await host.files.makeTemporaryFolder(host.homeFolder, hostPathFromText('handover-')));
  }
  const known = { ...facts, ...options.facts };
  const openHost = async (id: HostId): Promise<Host> => {
    const host = hosts.get(id);
    if (host === undefined) throw new Error(`no host ${id}`);
    return host;
  };
  const place = (id: HostId) => places.get(id) ?? hostPathFromText(folder);
  const runtime: Runtime = {
    path: hostPathFromText('/usr/bin/apptainer'),
    dialect: createDialect('apptainer', '1.4.5', null),
    conditions: { userNamespaces: 'works' },
  };
  const knowledge = {
    open: openHost,
    runtime: () => Promise.resolve(runtime),
    architecture: () => Promise.resolve('amd64'),
    fact: (_id: HostId, name: string) => Promise.resolve(known[name] ?? null),
    runtimeSetting: () => Promise.resolve('yes'),
  };
  const onProblem = (text: string) => {
    throw new Error(text);
  };
  const workspaces = createWorkspaces({
    local,
    openHost,
    parentOf: ({ id }) => joinPath(place(id), hostPathFromText('workspaces')),
    describeImage: () => Promise.reject(new Error('not asked')),
    knownImages: { digestAt: async () => null, pathsOf: async () => [] },
    stateFolder: hostPathFromText(join(folder, 'state')),
    isTaskOpen: () => false,
    stopBackgroundWork: (hostId, id) => handover.stopUnpacking(hostId, id),
    onProblem,
  });
  const locks = createKeyedLock(join(folder, 'locks'));
  const handover = createHandover({
    local,
    hosts: knowledge,
    store: workspaces.store,
    imageFolder: place,
    recordsOf: (host) =>
      createWorkRecords({ host, folder: joinPath(place(host.id), hostPathFromText('records')), onProblem }),
    sendMeansOf: async (id) => {
      const connection = fixture.line(id);
      return { local, host: await openHost(id), connection, transferConnection: null, locks };
    },
    unpackLater: (one) => {
      followUps.push(one);
      return true;
    },
    stopTask: async (id) => {
      const task = running.get(id);
      task?.abort.abort(new TaskCancelled('cancelled'));
      await task?.ended.catch(() => undefined); // told to whoever runs it
    },
    isEnding: options.isEnding ?? (() => false),
  });
  const use = createWorkspaceUse({ hosts: knowledge, store: workspaces.store });
  const notes: string[] = [];
  const followUps: OneWorkspace[] = [];
  const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<unknown> }>();
  const fixture: HandoverFixture = {
    folder,
    handover,
    workspaces,
    notes,
    followUps,
    host: openHost,
    place,
    async run(kind, input, { signal, onPhase } = {}) {
      const all = [...handover.taskDefinitions, ...workspaces.taskDefinitions];
      const definition = all.find((each) => each.kind === kind);
      if (definition === undefined) throw new Error(`no work of kind ${kind}`);
      const abort = new AbortController();
      const context: TaskContext = {
        id: taskIdSchema.parse(randomUUID()),
        signal: signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]),
        report: ({ phase }) => onPhase?.(phase),
        log: (_stream, text) => void notes.push(text),
        resumeFrom: 0,
        isAdopted: false,
      };
      const ended = definition.run(definition.input.parse(input), context);
      running.set(context.id, { abort, ended });
      try {
        return await ended;
      } finally {
        running.delete(context.id);
      }
    },
    async make(name, script) {
      const from = join(folder, `from-${name}`);
      mkdirSync(from, { mode: 0o700 });
      execFileSync('/bin/sh', ['-ec', script], { cwd: from });
      await fixture.run('workspace.create', {
        hostId: localHostId,
        name,
        description: '',
        parent: null,
        from: { kind: 'folder', path: hostPathFromText(from) },
        imagePath: null,
      });
      return await fixture.one(localHostId, name);
    },
    async one(hostId, name) {
      const { workspaces: all } = await workspaces.list(hostId);
      const found = all.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no workspace ${name}`);
      return found;
    },
    line(hostId) {
      const connection = connections.get(hostId);
      if (connection === undefined) throw new Error(`no line to ${hostId}`);
      return connection;
    },
    async say(hostId, script, ...words) {
      const spec = commandSpec(
        '/bin/sh',
        ['-c', script, 'sh', ...words.map((path) => ({ path: path as HostPath }))],
        {
          purpose: 'Test',
        },
      );
      const { stdout, stderr } = await (await openHost(hostId)).run(spec);
      return stdout + stderr;
    },
    async inside(workspace, image, ...words) {
      const host = await openHost(workspace.hostId);
      const input = {
        hostId: host.id,
        path: image,
        verb: 'exec' as const,
        options: defaultActionOptions,
        args: [...words],
        workspace: workspace.id,
      };
      const opened = await use.open(host, runtime, input);
      if (opened === null) throw new Error(`no ${workspaceHome}`);
      const { verb, path, options: chosen, args } = input;
      return await host.run(
        opened.wrap(
          actionCommand({ runtime, verb, imagePath: path, options: chosen, args, workspace: opened.mount }),
        ),
      );
    },
    async dispose() {
      const wipe = 'chmod -R u+rwX -- "$1" 2>/dev/null; rm -rf --one-file-system -- "$1"';
      for (const [id, connection] of connections) {
        await fixture.say(id, wipe, place(id));
        await connection.disconnect();
      }
      if (options.folder === undefined && existsSync(folder)) {
        execFileSync('/bin/sh', ['-c', wipe, 'sh', folder]);
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
  return fixture;
}
