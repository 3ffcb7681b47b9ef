import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { Progress, Task } from '#core/contract/tasks.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import {
  closeOnHost,
  configOf,
  newState,
  type OnHostFixture,
  openOnHost,
  planOf,
} from './pullOnHost.fixture.ts';
import { type SlowServer, startSlowServer } from './slowServer.fixture.ts';

const bed = testbed();
const name = `${bed.tiny.repository}:${bed.tiny.tag}`;
const docker = (registry: string) => `docker://${registry}/${name}`;

let state: string;
let slow: SlowServer;
let fixture: OnHostFixture;
afterEach(async () => {
  slow.close();
  if (existsSync(`${configOf(state)}.away`)) await restore(); // a test that failed in between
  await closeOnHost(fixture, state);
});

/** What the host knows of one task's job; others use the account as well. */
const jobOf = async ({ jobs }: OnHostFixture, id: TaskId) =>
  (await jobs.list()).find((facts) => facts.id === id) ?? null;

/** Ends as soon as the task is as it should be, or has ended otherwise. */
async function until({ tasks }: OnHostFixture, id: TaskId, isSo: (task: Task) => boolean): Promise<Task> {
  for await (const event of tasks.watch()) {
    const all = event.type === 'snapshot' ? event.tasks : event.type === 'changed' ? [event.task] : [];
    const task = all.find((one) => one.id === id);
    if (task !== undefined && (isSo(task) || task.endedAt !== null)) return task;
  }
  throw new Error('the tasks ended');
}

const progressOf = ({ status }: Task): Progress | null =>
  status.state === 'running' ? status.progress : null;
const isDownloading = (task: Task) => (progressOf(task)?.bytes?.done ?? 0) > 100_000;

async function logOf({ tasks }: OnHostFixture, id: TaskId): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { lines } of tasks.watchLog(id, 0)) texts.push(...lines.map(({ text }) => text));
  return texts;
}

/**
 * Kills every ssh of the fixture's line, and lets none be opened until `restore`: a line that asks nothing is opened again
 * by itself, and then the work is just followed on.
 */
function cut(): void {
  renameSync(configOf(state), `${configOf(state)}.away`);
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  for (const line of lines) {
    const [pid = '', program = ''] = line.trim().split(/\s+/);
    if (line.includes(state) && /^(?:\S*\/)?ssh(?::|$)/.test(program)) process.kill(Number(pid), 'SIGKILL');
  }
}

async function restore(): Promise<void> {
  renameSync(`${configOf(state)}.away`, configOf(state));
  await fixture.connection?.connect();
}

describe.each(['local', 'ssh'] as const)('a pull by the runtime of a host (%s)', (kind) => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'registry', 'tiny', ...(kind === 'ssh' ? (['ssh'] as const) : []));
    if (reason !== null) skip(reason);
    state = newState();
    slow = await startSlowServer(bed.registry, null);
    fixture = await openOnHost(kind, state, null);
  });

  it('makes the image, and leaves nothing else', async () => {
    slow.bytesPerSecond = 600_000;
    const input = fixture.input(docker(slow.address), { compression: 'zstd-3' });
    expect(await planOf(fixture, input)).toMatchObject({ exists: null, routes: [{ route: 'host' }] });
    const id = await fixture.tasks.start('image.pull', input);
    expect(progressOf(await until(fixture, id, isDownloading))).toMatchObject({
      phase: 'download',
      bytes: { total: null },
    });
    const task = await fixture.tasks.ended(id);
    expect(task.status, (await logOf(fixture, id)).join('\n')).toMatchObject({ state: 'succeeded' });
    expect(await fixture.names()).toEqual(['tiny_v1.sif']);
    const target = joinPath(fixture.folder, hostPathFromText('tiny_v1.sif'));
    const facts = await fixture.host.files.stat(target);
    const digest = await fixture.host.files.sha256(target);
    expect(task.status).toMatchObject({
      result: { digest: `sha256:${digest}`, sizeBytes: facts?.sizeBytes },
    });
    expect(facts === null ? null : await fixture.ledger.find(target, facts)).toMatchObject({
      sha256: digest,
      compression: 'zstd-3',
      architecture: 'amd64',
    });
    expect(await jobOf(fixture, id)).toBeNull();
    const again = await fixture.tasks.ended(await fixture.tasks.start('image.pull', input));
    expect(again.status).toMatchObject({ state: 'failed', error: { code: 'image.targetExists' } });
  });

  it('makes a sandbox that runs there, and replaces none', async () => {
    const input = fixture.input(docker(bed.registry), { form: 'sandbox', overwrite: true });
    const task = await fixture.tasks.ended(await fixture.tasks.start('image.pull', input));
    expect(task.status).toMatchObject({ state: 'succeeded', result: { digest: null } });
    expect(await fixture.names()).toEqual(['tiny_v1']);
    expect(await fixture.say(`apptainer exec '${fixture.folder}/tiny_v1' echo inside`)).toBe('inside\n');
    await fixture.say(`echo mine >'${fixture.folder}/tiny_v1/mine'`);
    const again = await fixture.tasks.ended(await fixture.tasks.start('image.pull', input));
    expect(again.status).toMatchObject({ state: 'failed', error: { code: 'image.targetExists' } });
    expect(await fixture.say(`cat '${fixture.folder}/tiny_v1/mine'`)).toBe('mine\n');
  });

  it('fetches a whole SIF with a total, byte for byte', async () => {
    slow.bytesPerSecond = 600_000;
    const reference = `oras://${slow.address}/${bed.tiny.orasRepository}:${bed.tiny.tag}`;
    const id = await fixture.tasks.start('image.pull', fixture.input(reference));
    const bytes = progressOf(await until(fixture, id, isDownloading))?.bytes;
    expect(bytes?.total).toBeGreaterThan(1_000_000);
    expect((await fixture.tasks.ended(id)).status.state).toBe('succeeded');
    const made = await fixture.say(`sha256sum <'${fixture.folder}/sif_v1.sif'`);
    const wanted = createHash('sha256').update(readFileSync(bed.tiny.sif)).digest('hex');
    expect(made.slice(0, 64)).toBe(wanted);
  });

  it('gives credentials by a file that nobody else sees and that goes', async () => {
    const { address, userName, password } = bed.authRegistry;
    const reference = docker(address);
    const refused = await fixture.tasks.ended(
      await fixture.tasks.start('image.pull', fixture.input(reference)),
    );
    expect(refused.status).toMatchObject({
      state: 'failed',
      error: { evidence: expect.stringContaining('authentication required') },
    });
    const id = await fixture.tasks.start(
      'image.pull',
      fixture.input(reference, { credentials: { userName, password } }),
    );
    await until(fixture, id, (task) => progressOf(task)?.phase === 'convert');
    const auth = Buffer.from(`${userName}:${password}`).toString('base64');
    const seen = await fixture.say(
      'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"',
    );
    expect(seen.includes(password) || seen.includes(auth)).toBe(false);
    const task = await fixture.tasks.ended(id);
    expect(task.status, (await logOf(fixture, id)).join('\n')).toMatchObject({ state: 'succeeded' });
    const search = spawnSync('grep', ['-rqE', `${password}|${auth}`, state]);
    expect(search.status).toBe(1); // looked everywhere, found nothing
  });

  it('says why it failed, and leaves nothing', async () => {
    const reference = `docker://${slow.address}/${bed.tiny.repository}:nosuch`;
    const id = await fixture.tasks.start('image.pull', fixture.input(reference));
    const task = await fixture.tasks.ended(id);
    expect(task.status).toMatchObject({ state: 'failed', error: { code: 'registry.notFound' } });
    expect(await fixture.names()).toEqual([]);
    expect(await jobOf(fixture, id)).toBeNull();
  });

  it('cancelled in the middle ends there, and leaves nothing', async () => {
    slow.bytesPerSecond = 100_000;
    const id = await fixture.tasks.start('image.pull', fixture.input(docker(slow.address)));
    await until(fixture, id, isDownloading);
    await fixture.tasks.cancel(id);
    expect((await fixture.tasks.ended(id)).status.state).toBe('cancelled');
    expect(await fixture.names()).toEqual([]);
    expect(await jobOf(fixture, id)).toBeNull();
    expect(await fixture.say(`ps -eo args | grep -F "${slow.address}" | grep -v grep || true`)).toBe('');
  });
});

describe('a pull whose line is cut', () => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'registry', 'tiny', 'ssh');
    if (reason !== null) skip(reason);
    state = newState();
    slow = await startSlowServer(bed.registry, 100_000);
    fixture = await openOnHost('ssh', state, null);
  });

  async function cutInTheMiddle(): Promise<TaskId> {
    const id = await fixture.tasks.start('image.pull', fixture.input(docker(slow.address)));
    await until(fixture, id, isDownloading);
    cut();
    const task = await until(fixture, id, ({ status }) => status.state === 'detached');
    expect(task.status.state).toBe('detached');
    return id;
  }

  it('goes on there, and is adopted when the line is back', async () => {
    const id = await cutInTheMiddle();
    slow.bytesPerSecond = null;
    await restore();
    await fixture.tasks.resume(fixture.host.id);
    const task = await fixture.tasks.ended(id);
    const log = await logOf(fixture, id);
    expect(task.status, log.join('\n')).toMatchObject({ state: 'succeeded' });
    expect(await fixture.names()).toEqual(['tiny_v1.sif']);
    expect(await jobOf(fixture, id)).toBeNull();
    expect(log.filter((text) => text.includes('Starting build'))).toHaveLength(1);
    expect(log.filter((text) => text.includes('Creating SIF file'))).toHaveLength(1);
    expect([...slow.bytes].filter(([path]) => path.includes('/blobs/')).length).toBeGreaterThan(0);
  });

  it('is cancelled when it is reached again: its processes go, and nothing is left', async () => {
    const id = await cutInTheMiddle();
    await expect(fixture.tasks.cancel(id)).rejects.toMatchObject({
      report: { code: expect.stringMatching(/^host\./) },
    });
    expect(fixture.tasks.get(id)?.status.state).toBe('detached');
    await restore();
    expect(await jobOf(fixture, id)).toMatchObject({
      state: 'running',
      title: expect.stringContaining(name),
    });
    await fixture.tasks.cancel(id);
    expect(fixture.tasks.get(id)?.status.state).toBe('cancelled');
    expect(await fixture.names()).toEqual([]);
    expect(await jobOf(fixture, id)).toBeNull();
    expect(await fixture.say(`ps -eo args | grep -F "${slow.address}" | grep -v grep || true`)).toBe('');
  });

  it('that was killed there fails with that, and is listed until it is cleaned up', async () => {
    const id = await cutInTheMiddle();
    await restore();
    const running = await jobOf(fixture, id);
    // The supervisor of this very job, by the id that it wrote down; what it started must be found without it.
    await fixture.say(`read -r pid _ <'${running?.folder}/identity' && kill -s KILL "$pid"`);
    const left = await jobOf(fixture, id);
    expect(left).toMatchObject({ id, state: 'gone' });
    expect(left?.sizeBytes).toBeGreaterThan(0);
    await fixture.tasks.resume(fixture.host.id);
    const task = await fixture.tasks.ended(id);
    expect(task.status).toMatchObject({ state: 'failed', error: { code: 'task.interrupted' } });
    expect(await fixture.names()).toEqual([]);
    expect(await jobOf(fixture, id)).toBeNull();
    expect(await fixture.say(`ps -eo args | grep -F "${slow.address}" | grep -v grep || true`)).toBe('');
  });
});

describe('a pull whose workbench is killed', () => {
  it('is adopted by the next one, and log and progress go on', async ({ skip }) => {
    const reason = whyMissing('apptainer', 'registry', 'tiny', 'ssh');
    if (reason !== null) skip(reason);
    state = newState();
    slow = await startSlowServer(bed.registry, 100_000);
    fixture = await openOnHost('ssh', state, null);
    const program = await bundleProgram(
      new URL('./puller.fixture.ts', import.meta.url),
      join(state, 'bundle'),
    );
    const puller = spawn(process.execPath, [program, state, fixture.folder, docker(slow.address)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(puller, 'exit');
    let said = '';
    for await (const chunk of puller.stdout.setEncoding('utf8')) {
      said += chunk;
      if (!said.includes('\n')) continue;
      puller.kill('SIGKILL');
      break;
    }
    await gone;
    slow.bytesPerSecond = 400_000;
    // One at a time: workbenches of one user share the line, and who disconnects ends it for all.
    await fixture.tasks.dispose();
    await fixture.connection?.disconnect();
    fixture = await openOnHost('ssh', state, fixture.folder);
    const id = taskIdSchema.parse(said.trim());
    expect(fixture.tasks.get(id)).toMatchObject({ status: { state: 'detached' }, isForeign: false });
    expect(await jobOf(fixture, id)).toMatchObject({ state: 'running' });
    await fixture.tasks.resume(fixture.host.id);
    const first = progressOf(await until(fixture, id, (task) => progressOf(task) !== null));
    expect(first?.bytes?.done).toBeGreaterThan(100_000);
    const task = await fixture.tasks.ended(id);
    const log = await logOf(fixture, id);
    expect(task.status, log.join('\n')).toMatchObject({ state: 'succeeded' });
    for (const line of ['Starting build...', 'Creating SIF file...'])
      expect(log.filter((text) => text.endsWith(line))).toHaveLength(1);
    expect(await fixture.names()).toEqual(['tiny_v1.sif']);
    expect(await jobOf(fixture, id)).toBeNull();
  });
});
