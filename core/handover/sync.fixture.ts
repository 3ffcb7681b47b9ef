import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncInput, SyncPlan } from '#core/contract/handover.ts';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import { type Master, openMaster } from '#core/hosts/ssh/master.fixture.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { createWorkspaces } from '#core/workspaces/createWorkspaces.ts';
import type { WorkspaceStore } from '#core/workspaces/workspaceStore.ts';
import { createSyncing } from './createSync.ts';
import type { Syncing, SyncMeans } from './syncing.ts';

const observer = { started: () => ({ ended: () => undefined }) };

/** A workspace on each of two hosts of the test bed, real ssh in between. */
export interface SyncFixture {
  readonly syncing: Syncing;
  readonly store: WorkspaceStore;
  readonly here: SyncEnd;
  readonly there: SyncEnd;
  readonly log: readonly string[];
  input(rest?: Partial<SyncInput>): SyncInput;
  plan(rest?: Partial<SyncInput>): Promise<SyncPlan>;
  run(rest?: Partial<SyncInput>, options?: { readonly signal?: AbortSignal }): Promise<TaskResult>;
  dispose(): Promise<void>;
}

export interface SyncEnd {
  readonly host: Host;
  readonly line: Master | null;
  workspace: Workspace;
  /** Runs a script in the tree there, with words. */
  sh(script: string, ...words: readonly string[]): Promise<string>;
  /** Everything in the tree: names, kinds, modes, targets and bytes; without times. */
  tree(): Promise<string>;
}

export interface SyncFixtureOptions {
  /** `local`, or names of the test bed's ssh_config. */
  readonly names: readonly [string, string];
  /** Another search path here: without rsync, for one. */
  readonly path?: string;
  /** Workspaces that are there already. */
  readonly known?: {
    readonly folders: readonly [string, string];
    readonly workspaces: readonly [string, string];
  };
}

export async function createSyncFixture({ names, path, known }: SyncFixtureOptions): Promise<SyncFixture> {
  const base = mkdtempSync(join(tmpdir(), 'sync-test-'));
  const environment = scrubbedEnvironment(process.env, null);
  const local = createLocalHost({
    environment: path === undefined ? environment : { ...environment, PATH: path },
    observer,
  });
  const parents = new Map<Host, HostPath>();
  const openEnd = async (name: string, index: 0 | 1) => {
    const line = name === 'local' ? null : await openMaster(name);
    const id =
      name === 'local'
        ? hostIdSchema.parse(index === 0 ? localHostId : 'local2')
        : hostIdSchema.parse(`${name}-${index}`);
    const host: Host =
      line === null
        ? { ...local, id }
        : await openSshHost({ id, label: name, connection: line, observer, initLines: () => '' });
    const made = known?.folders[index];
    const parent =
      made !== undefined
        ? hostPathFromText(made)
        : line === null
          ? hostPathFromText(join(base, `side${index}`))
          : await host.files.makeTemporaryFolder(host.homeFolder, 'sync-test-');
    if (line === null) mkdirSync(hostPathToText(parent) ?? '', { recursive: true });
    parents.set(host, parent);
    return { host, line, parent };
  };
  const [left, right] = [await openEnd(names[0], 0), await openEnd(names[1], 1)];
  const openHost: SyncMeans['openHost'] = async (id) => (id === left.host.id ? left.host : right.host);
  const workspaces = createWorkspaces({
    local,
    openHost,
    parentOf: (host) => parents.get(host) ?? hostPathFromText('/nowhere'),
    describeImage: async () => ({ name: 'x', digest: null, architecture: null, libc: null }),
    knownImages: { digestAt: async () => null, pathsOf: async () => [] },
    stateFolder: hostPathFromText(join(base, 'state')),
    isTaskOpen: () => false,
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  const log: string[] = [];
  const contextOf = (signal: AbortSignal) => ({
    id: taskIdSchema.parse(randomUUID()),
    signal,
    report: () => undefined,
    log: (_stream: string, text: string) => void log.push(text),
    resumeFrom: 0,
    isAdopted: false,
  });
  const create = workspaces.taskDefinitions.find(({ kind }) => kind === 'workspace.create');
  const endOf = async (one: typeof left, index: 0 | 1): Promise<SyncEnd> => {
    const { host, line } = one;
    if (known === undefined)
      await create?.run(
        {
          hostId: host.id,
          name: `side${index}`,
          description: '',
          parent: null,
          from: { kind: 'empty' },
          imagePath: null,
        },
        contextOf(new AbortController().signal),
      );
    const { workspaces: all } = await workspaces.list(host.id);
    const found = all.find(({ id }) => known === undefined || id === known.workspaces[index]);
    if (found === undefined) throw new Error('no workspace');
    const home = joinPath(found.folder, hostPathFromText('home'));
    const sh: SyncEnd['sh'] = async (script, ...words) => {
      const spec = commandSpec(
        '/bin/sh',
        ['-c', `set -e; cd "$1"; shift; ${script}`, 'sh', { path: home }, ...words],
        {
          purpose: 'Test',
        },
      );
      const outcome = await host.run(spec, { keepBytes: 64 * 1024 * 1024 });
      if (outcome.exitStatus !== 0) throw new Error(`${script}: ${outcome.stderr}`);
      return outcome.stdout;
    };
    return {
      host,
      line,
      workspace: found,
      sh,
      tree: () =>
        sh(
          `{ find . -mindepth 1 -printf '%P %y %m %l\\0'; find . -type f -readable -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -z; } | LC_ALL=C sort -z | base64`,
        ),
    };
  };
  const [here, there] = [await endOf(left, 0), await endOf(right, 1)];
  const syncing = createSyncing({
    local,
    openHost,
    lineOf: (id) => (id === left.host.id ? left.line : right.line),
    store: workspaces.store,
    isTaskOpen: () => false,
    onProblem: (text) => {
      throw new Error(text);
    },
  });
  const input: SyncFixture['input'] = (rest = {}) => ({
    hostId: left.host.id,
    id: here.workspace.id,
    other: { hostId: right.host.id, id: there.workspace.id },
    direction: 'both',
    resolutions: [],
    confirmed: [],
    ...rest,
  });
  return {
    syncing,
    store: workspaces.store,
    here,
    there,
    log,
    input,
    plan: (rest) => syncing.plan(input(rest)),
    run: (rest, { signal } = {}) =>
      syncing.definition.run(input(rest), contextOf(signal ?? new AbortController().signal)),
    async dispose() {
      for (const { host, line, parent } of [left, right]) {
        if (line === null || known !== undefined) {
          await line?.dispose();
          continue;
        }
        await host.run(
          commandSpec('/bin/sh', ['-c', 'chmod -R u+rwX "$1"; rm -rf "$1"', 'sh', { path: parent }], {
            purpose: 'Test',
          }),
        );
        await line.dispose();
      }
      execFileSync('chmod', ['-R', 'u+rwX', base]);
      rmSync(base, { recursive: true, force: true });
    },
  };
}
