import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, type TaskId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import type { DetachedFacts } from '#core/hosts/detachedJob.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { Host } from '#core/hosts/host.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import type { TaskManager } from './taskManager.ts';

const observer = { started: () => ({ ended: () => undefined }) };

/** A line to a host of the test bed, for somebody to cut. */
export interface LineThere {
  readonly host: Host;
  /** Kills every ssh of the line, and lets none be opened until `restore`. */
  cut(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
  /** What the host knows of a task's job. */
  jobOf(id: TaskId): Promise<Pick<DetachedFacts, 'state' | 'exitStatus'> | null>;
  /** Standard output of a shell line there; paths are its words. */
  say(line: string, ...words: readonly HostPath[]): Promise<string>;
  /** Stops the `cp` of a task that begins now, somewhere below a folder. Gives its process id. */
  stopCopy(
    below: HostPath,
    start: () => Promise<TaskId>,
  ): Promise<{ readonly id: TaskId; readonly copy: string }>;
}

/** Says `ready`, waits for a `cp` whose command line names $1, stops it and says its process id. */
const stopScript = `echo ready
n=0; while [ $n -lt 60000 ]; do n=$((n + 1)); for p in /proc/[0-9]*; do
{ read -r c <"$p/comm"; } 2>/dev/null || continue
[ "$c" = cp ] && tr '\\0' ' ' <"$p/cmdline" 2>/dev/null | grep -qF -- "$1" && kill -s STOP "\${p#/proc/}" && { echo "\${p#/proc/}"; exit; }
done; done; exit 1`;

/** `folder` is the one of its ssh, and short: a socket is in it. */
export async function openLine(name: string, folder: string): Promise<LineThere> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configFile = join(folder, 'ssh_config');
  copyFileSync(testbed().ssh.config, configFile);
  const id = hostIdSchema.parse(name);
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
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
  });
  const host = await openSshHost({ id, label: name, connection, observer, initLines: () => '' });
  const shell = (text: string, words: readonly HostPath[]) =>
    commandSpec('/bin/sh', ['-c', text, 'sh', ...words.map((path) => ({ path }))], { purpose: 'Test' });
  return {
    host,
    cut() {
      renameSync(configFile, `${configFile}.away`);
      const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
      for (const each of lines) {
        const [pid = '', program = ''] = each.trim().split(/\s+/);
        if (!each.includes(folder) || !/^(?:\S*\/)?ssh(?::|$)/.test(program)) continue;
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
    close: () => connection.disconnect(),
    jobOf: async (task) => (await createDetachedJobs(host).states()).get(task) ?? null,
    say: async (text, ...words) => (await host.run(shell(text, words))).stdout,
    async stopCopy(below, start) {
      let ready: () => void = () => undefined;
      const isReady = new Promise<void>((resolve) => {
        ready = resolve;
      });
      const stopping = host.run(shell(stopScript, [below]), {
        onLine: (text) => text === 'ready' && ready(),
      });
      await isReady;
      const task = await start();
      const { exitStatus, stdout } = await stopping;
      if (exitStatus !== 0) throw new Error('there was no copy to stop');
      return { id: task, copy: stdout.trim().split('\n').at(-1) ?? '' };
    },
  };
}

/** A task once it is so, or has ended. */
export async function untilTask(
  tasks: TaskManager,
  id: TaskId,
  isSo: (task: Task) => boolean,
): Promise<Task> {
  for await (const event of tasks.watch()) {
    const all = event.type === 'snapshot' ? event.tasks : event.type === 'changed' ? [event.task] : [];
    const found = all.find((one) => one.id === id);
    if (found !== undefined && (isSo(found) || found.endedAt !== null)) return found;
  }
  throw new Error('the tasks ended');
}
