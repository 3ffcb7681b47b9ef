import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, type TaskId } from '#core/contract/ids.ts';
import type { Task, TaskKind } from '#core/contract/tasks.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { TaskManager } from '#core/tasks/taskManager.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { createWorkspacesFixture, type WorkspacesFixture } from './workspaces.fixture.ts';

const observer = { started: () => ({ ended: () => undefined }) };

/** A workbench with workspaces of a host of the test bed. No task counts as open for the removal of leftovers. */
export interface ThereFixture {
  readonly host: Host;
  readonly connection: SshConnection;
  readonly parent: HostPath;
  readonly fixture: WorkspacesFixture;
  tasks: TaskManager;
  start(kind: TaskKind, input: object): Promise<TaskId>;
  /** Kills every ssh of the line, and lets none be opened until `restore`. */
  cut(): void;
  restore(): Promise<void>;
  until(id: TaskId, isSo: (task: Task) => boolean): Promise<Task>;
  jobOf(id: TaskId): ReturnType<typeof jobState>;
  /** Standard output of a shell line there; paths are its words. */
  say(line: string, ...words: readonly HostPath[]): Promise<string>;
  /** Waits for the `cp` of a task that begins now, and stops it. Gives its process id; what is before is done first. */
  stopCopy(start: () => Promise<TaskId>): Promise<{ readonly id: TaskId; readonly copy: string }>;
  close(): Promise<void>;
}

/** Says `ready`, waits for a `cp` whose command line names $1, stops it and says its process id. */
const stopScript = `echo ready
n=0; while [ $n -lt 60000 ]; do n=$((n + 1)); for p in /proc/[0-9]*; do
{ read -r c <"$p/comm"; } 2>/dev/null || continue
[ "$c" = cp ] && tr '\\0' ' ' <"$p/cmdline" 2>/dev/null | grep -qF -- "$1" && kill -s STOP "\${p#/proc/}" && { echo "\${p#/proc/}"; exit; }
done; done; exit 1`;

async function jobState(host: Host, id: TaskId) {
  return (await createDetachedJobs(host).states()).get(id) ?? null;
}

/** `state` is this workbench's folder, `line` the one of its ssh; `parent` is new when null. */
export async function openThere(
  name: string,
  {
    state,
    line,
    parent,
  }: { readonly state: string; readonly line: string; readonly parent: HostPath | null },
): Promise<ThereFixture> {
  mkdirSync(line, { recursive: true, mode: 0o700 });
  const configFile = join(line, 'ssh_config');
  copyFileSync(testbed().ssh.config, configFile);
  const id = hostIdSchema.parse(name);
  const connection = createSshConnection({
    hostId: id,
    label: name,
    destination: name,
    port: null,
    sharesConnection: true,
    configFile,
    runtimeFolder: line,
    asker: nobody,
    onChange: () => undefined,
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
  });
  const host = await openSshHost({ id, label: name, connection, observer, initLines: () => '' });
  const place = parent ?? (await host.files.makeTemporaryFolder(host.homeFolder, "workspaces' goes on "));
  const fixture = createWorkspacesFixture({
    folder: state,
    host,
    parent: hostPathToText(place) ?? '',
  });
  const say = async (text: string, ...words: readonly HostPath[]) => {
    const spec = commandSpec('/bin/sh', ['-c', text, 'sh', ...words.map((path) => ({ path }))], {
      purpose: 'Test',
    });
    return (await host.run(spec)).stdout;
  };
  const there: ThereFixture = {
    host,
    connection,
    parent: place,
    fixture,
    tasks: await openTasks(state, fixture),
    start: (kind, input) => there.tasks.start(kind, { hostId: id, ...input }),
    cut() {
      renameSync(configFile, `${configFile}.away`);
      const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
      for (const each of lines) {
        const [pid = '', program = ''] = each.trim().split(/\s+/);
        if (!each.includes(line) || !/^(?:\S*\/)?ssh(?::|$)/.test(program)) continue;
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // the end of one may have ended it
        }
      }
    },
    async restore() {
      renameSync(`${configFile}.away`, configFile);
      await connection.connect();
    },
    async until(task, isSo) {
      for await (const event of there.tasks.watch()) {
        const all = event.type === 'snapshot' ? event.tasks : event.type === 'changed' ? [event.task] : [];
        const found = all.find((one) => one.id === task);
        if (found !== undefined && (isSo(found) || found.endedAt !== null)) return found;
      }
      throw new Error('the tasks ended');
    },
    jobOf: (task) => jobState(host, task),
    say,
    async stopCopy(start) {
      let ready: () => void = () => undefined;
      const isReady = new Promise<void>((resolve) => {
        ready = resolve;
      });
      const spec = commandSpec('/bin/sh', ['-c', stopScript, 'sh', { path: place }], { purpose: 'Test' });
      const stopping = host.run(spec, { onLine: (text) => text === 'ready' && ready() });
      await isReady;
      const task = await start();
      const { exitStatus, stdout } = await stopping;
      if (exitStatus !== 0) throw new Error(`no copy: ${JSON.stringify(there.tasks.get(task)?.status)}`);
      return { id: task, copy: stdout.trim().split('\n').at(-1) ?? '' };
    },
    async close() {
      await there.tasks.dispose();
      await host.files.remove(place);
      await connection.disconnect();
      fixture.dispose();
    },
  };
  return there;
}

/** The tasks of a workbench, as its next start finds them. */
export async function openTasks(state: string, { workspaces }: WorkspacesFixture): Promise<TaskManager> {
  const tasks = await TaskManager.open(join(state, 'tasks'));
  for (const definition of workspaces.taskDefinitions) tasks.define(definition);
  return tasks;
}

/** Everything of a tree that a copy must have. */
export async function treeOf({ say }: Pick<ThereFixture, 'say'>, tree: HostPath): Promise<string> {
  return await say(
    `cd "$1" && { find . -mindepth 1 -printf '%P %y %m %l %Ts\\0'; find . -type f -size +0 -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum; } | LC_ALL=C sort -z | sha256sum`,
    tree,
  );
}

export function inside(folder: HostPath, ...names: readonly string[]): HostPath {
  return names.reduce<HostPath>((path, name) => joinPath(path, hostPathFromText(name)), folder);
}
