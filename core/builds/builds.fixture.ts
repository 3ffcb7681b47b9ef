import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLayerStore } from '#core/cache/createLayerStore.ts';
import { createKeyedLock } from '#core/cache/keyedLock.ts';
import type { BuildInput } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type HostId, hostIdSchema, localHostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { runtimeOf } from '#core/hosts/chosenRuntime.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalEntry } from '#core/hosts/localEntry.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { readImageDetail } from '#core/images/detail.ts';
import { openHostLedger } from '#core/images/hostLedger.ts';
import { createRegistryClient } from '#core/registry/createRegistryClient.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import type { Builds } from './builds.ts';
import { createBuilds } from './createBuilds.ts';
import type { OpenBuildTerminal } from './sudoBuild.ts';

/** A workbench's builds in a folder of their own; with `cluster`, alice's account there as a second host. */
export interface BuildsFixture {
  readonly folder: string;
  readonly library: string;
  /** Where definitions and their files lie. */
  readonly work: string;
  readonly temporary: string;
  readonly builds: Builds;
  readonly tasks: TaskManager;
  readonly cluster: Cluster | null;
  /** bob's account, where files lie. */
  readonly third: Cluster | null;
  /** Writes a file into `work`. */
  write(name: string, text: string): string;
  run(input: BuildInput): Promise<Task>;
  log(task: Task): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export interface Cluster {
  readonly id: HostId;
  readonly host: Host;
  readonly folder: HostPath;
  readonly connection: SshConnection;
  say(line: string): Promise<string>;
}

const observer = { started: () => ({ ended: () => undefined }) };
export const clusterId = hostIdSchema.parse('cluster');
export const thirdId = hostIdSchema.parse('cluster-bob');
/** Without the fixture's own copy of the ssh configuration no line can be opened. */
export const configOf = (folder: string) => join(folder, 'ssh_config');

export async function openBuilds(
  options: {
    readonly folder?: string;
    readonly withCluster?: boolean;
    readonly withThird?: boolean;
    readonly there?: HostPath;
    readonly openTerminal?: OpenBuildTerminal;
    /** What is another there than here. */
    readonly runtimeThere?: (runtime: Runtime) => Runtime;
    /** Where this machine's programs are looked for. */
    readonly path?: string;
  } = {},
): Promise<BuildsFixture> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bld-'));
  const [library, work, temporary] = ['images', 'work', 'tmp'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [library, work, temporary, join(folder, 'state')]) mkdirSync(path, { recursive: true });
  const own = scrubbedEnvironment(process.env, null);
  const environment = { ...own, ...(options.path === undefined ? {} : { PATH: options.path }) };
  const local = createLocalHost({ environment, observer });
  const libraryPath = hostPathFromText(library);
  const entry = createLocalEntry({
    host: local,
    preferences: () => ({ runtimePath: null, imageFolders: [libraryPath], imageFolder: libraryPath }),
    onChange: () => undefined,
  });
  const cluster =
    options.withCluster === true ? await openCluster(folder, clusterId, options.there ?? null) : null;
  const third = options.withThird === true ? await openCluster(folder, thirdId, null) : null;
  const open = (id: HostId): Promise<Host> => {
    if (id === localHostId) return Promise.resolve(local);
    const other = [cluster, third].find((each) => each?.id === id) ?? null;
    if (other === null) throw new Error(`no host ${id} in this test`);
    return Promise.resolve(other.host);
  };
  const state = hostPathFromText(join(folder, 'state'));
  const onProblem = (text: string) => {
    throw new Error(text);
  };
  const locks = createKeyedLock(join(folder, 'locks'));
  const builds = createBuilds({
    host: local,
    hosts: {
      open,
      runtime: async (id) => {
        const runtime = runtimeOf(await entry.known(), localHostId); // the same installation on both
        return id === localHostId ? runtime : (options.runtimeThere?.(runtime) ?? runtime);
      },
      architecture: async () => (await entry.known()).facts.architecture,
    },
    preferences: (id) => ({
      defaultFolder: id === localHostId ? libraryPath : (cluster?.folder ?? libraryPath),
      compression: 'gzip-6',
      temporaryFolder: null,
      cacheFolder: null,
    }),
    jobsOf: async (id) => createDetachedJobs(await open(id)),
    sendMeansOf: async (id) => {
      if (cluster === null) throw new Error(`no host ${id} in this test`);
      const { host, connection } = cluster;
      return { local, host, connection, transferConnection: null, locks };
    },
    send: { run: () => Promise.reject(new Error('nothing is pushed in this test')) },
    ledgerOf: async (id) =>
      openHostLedger(await open(id), { files: local.files, stateFolder: state, onProblem }),
    layers: createLayerStore({ folder: join(folder, 'layers'), capBytes: () => 1e12 }),
    openRegistry: createRegistryClient,
    credentialsOf: () => Promise.resolve(null),
    testOf: async (id, path) => {
      const host = await open(id);
      const ledger = openHostLedger(host, { files: local.files, stateFolder: state, onProblem });
      return (await readImageDetail({ host, hostArchitecture: 'amd64', ledger }, path)).test ?? '';
    },
    rules: stderrRules,
    temporaryFolder: hostPathFromText(temporary),
    stateFolder: state,
    checkpointFolder: hostPathFromText(join(folder, 'kept')),
    openTerminal: options.openTerminal ?? (() => Promise.reject(new Error('no terminal in this test'))),
    onProblem,
  });
  const tasks = await TaskManager.open(join(folder, 'tasks'));
  tasks.define(builds.definition);
  tasks.define(builds.testDefinition);
  return {
    folder,
    library,
    work,
    temporary,
    builds,
    tasks,
    cluster,
    third,
    write(name, text) {
      mkdirSync(dirname(join(work, name)), { recursive: true });
      writeFileSync(join(work, name), text);
      return join(work, name);
    },
    run: async (input) => await tasks.ended(await tasks.start('image.build', input)),
    async log({ id }) {
      const texts: string[] = [];
      for await (const { lines } of tasks.watchLog(id, 0)) texts.push(...lines.map(({ text }) => text));
      return texts;
    },
    async dispose() {
      await tasks.dispose();
      for (const each of [cluster, third]) {
        await each?.host.files.remove(each.folder);
        await each?.connection.disconnect();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openCluster(folder: string, id: HostId, existing: HostPath | null): Promise<Cluster> {
  copyFileSync(testbed().ssh.config, configOf(folder));
  const connection = createSshConnection({
    hostId: id,
    label: id,
    destination: id,
    port: null,
    sharesConnection: true,
    configFile: configOf(folder),
    runtimeFolder: folder,
    asker: nobody,
    onChange: () => undefined,
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
  });
  const host = await openSshHost({
    id,
    label: id,
    connection,
    observer,
    initLines: () => '',
  });
  const there =
    existing ?? (await host.files.makeTemporaryFolder(host.homeFolder, hostPathFromText('build test-')));
  return {
    id,
    host,
    folder: there,
    connection,
    say: async (line) => (await host.run(commandSpec('/bin/sh', ['-c', line], { purpose: 'Test' }))).stdout,
  };
}

/** A build as the page would ask for it. */
export function buildInput(definition: string, rest: Partial<BuildInput> = {}): BuildInput {
  return {
    definition: { kind: 'file', hostId: localHostId, path: hostPathFromText(definition) },
    elsewhere: [],
    hostId: localHostId,
    target: { hostId: localHostId, folder: null, fileName: null },
    form: 'sif',
    buildArguments: [],
    binds: [],
    nv: false,
    architecture: null,
    noTest: false,
    way: 'own',
    overwrite: false,
    compression: null,
    sourceDateEpoch: null,
    checkpoints: 'use',
    temporaryFolder: null,
    ...rest,
  };
}
