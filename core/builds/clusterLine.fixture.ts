import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import { signalProcess } from '#core/hosts/processGroup.ts';
import { type BuildsFixture, type Cluster, configOf } from './builds.fixture.ts';

/** Alice's account of a fixture; fails where that was opened without. */
export function clusterOf({ cluster }: BuildsFixture): Cluster {
  if (cluster === null) throw new Error('no cluster');
  return cluster;
}

/** Kills every ssh of the fixture's line (the end of one may end others), and lets none be opened until `restoreLine`. */
export function cutLine({ folder }: BuildsFixture): void {
  renameSync(configOf(folder), `${configOf(folder)}.away`);
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  for (const line of lines) {
    const [pid = '', program = ''] = line.trim().split(/\s+/);
    if (line.includes(folder) && /^(?:\S*\/)?ssh(?::|$)/.test(program)) signalProcess(Number(pid), 'SIGKILL');
  }
}

export async function restoreLine(fixture: BuildsFixture): Promise<void> {
  renameSync(`${configOf(fixture.folder)}.away`, configOf(fixture.folder));
  await clusterOf(fixture).connection.connect();
}

/** A task once it is so, or has ended. */
export async function untilTask(
  { tasks }: BuildsFixture,
  id: TaskId,
  isSo: (task: Task) => boolean,
): Promise<Task> {
  for await (const event of tasks.watch()) {
    const all = event.type === 'snapshot' ? event.tasks : event.type === 'changed' ? [event.task] : [];
    const task = all.find((one) => one.id === id);
    if (task !== undefined && (isSo(task) || task.endedAt !== null)) return task;
  }
  throw new Error('the tasks ended');
}

export async function untilLogged(fixture: BuildsFixture, id: TaskId, wanted: string): Promise<void> {
  for await (const { lines } of fixture.tasks.watchLog(id, 0))
    if (lines.some(({ text }) => text === wanted)) return;
  throw new Error(`ended without ${wanted}: ${JSON.stringify(fixture.tasks.get(id)?.status)}`);
}

/** Names in the cluster's folder of the fixture. */
export async function namesThere(fixture: BuildsFixture): Promise<readonly string[]> {
  const { host, folder } = clusterOf(fixture);
  return (await host.files.list(folder)).map(({ name }) => name);
}

export async function jobsThere(fixture: BuildsFixture, id: TaskId) {
  return (await createDetachedJobs(clusterOf(fixture).host).list()).filter((job) => job.id === id);
}

/** A path in the cluster's folder. */
export function insideThere({ folder }: Cluster, name: string) {
  return joinPath(folder, hostPathFromText(name));
}

/** How a task ended, with its log, for the words of a failed expectation. */
export async function explainedTask({ log }: BuildsFixture, task: Task): Promise<string> {
  return `${JSON.stringify(task.status)}\n${(await log(task)).join('\n')}`;
}
