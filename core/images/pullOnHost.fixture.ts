import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId } from '#core/contract/ids.ts';
import { type PullInput, pullInputSchema } from '#core/contract/images.ts';
import type { DetachedJobs } from '#core/hosts/detachedJob.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createDialect, parseVersion } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { pullInput } from './images.fixture.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type OnHostMeans, planPullOnHost, pullOnHost } from './pullOnHost.ts';

/** A workbench that pulls with a host's own runtime: this machine's, or alice's on the test bed's cluster. */
export interface OnHostFixture {
  readonly tasks: TaskManager;
  readonly host: Host;
  readonly jobs: DetachedJobs;
  readonly ledger: Ledger;
  readonly means: OnHostMeans;
  /** The image folder there. */
  readonly folder: HostPath;
  readonly input: (reference: string, rest?: Partial<PullInput>) => PullInput;
  /** Names in the image folder, hidden ones too. */
  names(): Promise<readonly string[]>;
  /** Standard output of a shell line there. */
  say(line: string): Promise<string>;
  readonly connection: SshConnection | null;
}

const observer = { started: () => ({ ended: () => undefined }) };

/** `state` and `folder` are those of an earlier sitting, or null for new ones. */
export async function openOnHost(
  kind: 'local' | 'ssh',
  state: string,
  folder: HostPath | null,
): Promise<OnHostFixture> {
  const environment = { ...scrubbedEnvironment(process.env, null), XDG_STATE_HOME: state };
  const local = createLocalHost({ environment, observer });
  const connection = kind === 'local' ? null : connect(state);
  const id = kind === 'local' ? localHostId : hostIdSchema.parse('cluster');
  const host =
    connection === null
      ? local
      : await openSshHost({ id, label: 'cluster', connection, observer, initLines: () => '' });
  const images = folder ?? (await newFolder(host, state));
  const jobs = createDetachedJobs(host);
  const ledger = createLedger({
    files: local.files,
    folder: hostPathFromText(join(state, 'made')),
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  const say = async (line: string) =>
    (await host.run(commandSpec('/bin/sh', ['-c', line], { purpose: 'Test' }))).stdout;
  const version = parseVersion(await say('apptainer --version'));
  if (version === null) throw new Error('no apptainer');
  const means: OnHostMeans = {
    host,
    jobs,
    runtime: async () => ({
      path: hostPathFromText('/usr/bin/apptainer'),
      dialect: createDialect(version.product, version.version, null),
    }),
    architecture: async () => 'amd64',
    preferences: () => ({
      folders: [images],
      defaultFolder: images,
      compression: 'gzip-9',
      temporaryFolder: null,
      cacheFolder: joinPath(images, hostPathFromText('.cache')),
    }),
    ledger,
    credentialsOf: () => Promise.resolve(null),
    rules: stderrRules,
  };
  const tasks = await TaskManager.open(join(state, 'tasks'));
  tasks.define<PullInput>({
    kind: 'image.pull',
    input: pullInputSchema,
    describe: (input) => ({ title: input.reference, hostId: id, target: null, byHand: null }),
    storedInput: (input) => ({ ...input, credentials: null }),
    isDetachable: () => true,
    run: (input, context) => pullOnHost(input, context, means),
  });
  return {
    tasks,
    host,
    jobs,
    ledger,
    means,
    folder: images,
    input: (reference, rest = {}) => pullInput(reference, { hostId: id, ...rest }),
    names: async () =>
      (await host.files.list(images)).map(({ name }) => name).filter((name) => name !== '.cache'),
    say,
    connection,
  };
}

/** The plan, for a test that only asks. */
export const planOf = (fixture: OnHostFixture, input: PullInput) => planPullOnHost(input, fixture.means);

/** A state folder of one test, short enough for a socket in it. */
export function newState(): string {
  return mkdtempSync(join(tmpdir(), 'onh-'));
}

/** Lets go of everything: what the test's own tasks left on the host, too. Others use the account as well. */
export async function closeOnHost(fixture: OnHostFixture, state: string): Promise<void> {
  for (const id of readdirSync(join(state, 'tasks'))) {
    const job = await fixture.jobs.find(id);
    await job?.cancel();
    await job?.remove();
  }
  await fixture.tasks.dispose();
  await fixture.host.files.remove(fixture.folder);
  await fixture.connection?.disconnect();
  rmSync(state, { recursive: true, force: true });
}

/** The test's own copy of the ssh configuration: without it no line can be opened. */
export const configOf = (state: string) => join(state, 'ssh_config');

function connect(state: string): SshConnection {
  copyFileSync(testbed().ssh.config, configOf(state));
  return createSshConnection({
    hostId: hostIdSchema.parse('cluster'),
    label: 'cluster',
    destination: 'cluster',
    port: null,
    sharesConnection: true,
    configFile: configOf(state),
    runtimeFolder: state,
    asker: nobody,
    onChange: () => undefined,
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
  });
}

async function newFolder(host: Host, state: string): Promise<HostPath> {
  const parent = host.kind === 'local' ? hostPathFromText(state) : host.homeFolder;
  return await host.files.makeTemporaryFolder(parent, 'pull test-');
}
