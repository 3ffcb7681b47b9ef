import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { expect } from '@playwright/test';
import { hostPathSchema } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { Task } from '#core/contract/tasks.ts';
import { openClient } from '../fixtures/client.ts';
import { askHost, expectTold, first, hostSettings, pullTo, taskUntil } from '../fixtures/clusterHosts.ts';
import { startHost } from '../fixtures/host.ts';
import type { Person } from '../fixtures/person.ts';
import { test } from '../fixtures/test.ts';
import { cutLink, rebootCluster, resetCluster, restoreLink, setFact, testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'realistic', 'ssh', 'sshFar'] });
test.afterEach(resetCluster);

const bed = testbed();
const farId = hostIdSchema.parse('far');
const far = { far: { destination: 'cluster-far' } };
const images = '/home/alice/.local/share/mysingularity/images';
const jobs = '/home/alice/.local/state/mysingularity/jobs';
const realistic = `docker://${bed.registry}/${bed.realistic.repository}:1`;
const tiny = `docker://${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;

test.beforeEach(async ({ person }) => {
  await askHost('cluster-far', `rm -rf ${images} ${jobs}; mkdir -p ${images}`);
  await person.hasSettings(hostSettings(far));
});

/** A served workbench that is connected to the far host. */
async function connected(person: Person) {
  const host = await startHost(person);
  const door = await openClient(host);
  await door.client.hosts.connect({ hostId: farId });
  return { host, ...door };
}

const isAtWork = ({ status }: Task) =>
  status.state === 'running' && ['download', 'convert'].includes(status.progress.phase);
const hasSucceeded = ({ status }: Task) => status.state === 'succeeded';

/** What the far host has in its image folder and of jobs, hidden things too. */
const whatIsThere = () => askHost('cluster-far', `ls -A ${images}; ls -A ${jobs} 2>/dev/null; true`);

async function expectNothingLeft(client: Client): Promise<void> {
  expect(await client.hosts.leftovers({ hostId: farId })).toEqual({ leftovers: [] });
}

test('a pull on a host outlives the workbench that was killed, and is found again', async ({ person }) => {
  test.setTimeout(180_000);
  const before = await connected(person);
  const { taskId } = await before.client.images.pull(pullTo('far', realistic));
  await taskUntil(before.client, taskId, isAtWork);
  await before.host.kill();
  before.close();
  expect(await whatIsThere()).not.toMatch(/^python_1\.sif$/m);

  const after = await connected(person);
  try {
    const task = await taskUntil(after.client, taskId, hasSucceeded);
    expect(task.target).toBe(`${images}/python_1.sif`);
    expect(await whatIsThere()).toBe('python_1.sif\n');
    await expectNothingLeft(after.client);
    const sum = ['exec', '--host', 'far', 'python_1.sif', 'python3', '-c', 'print(6 * 7)'];
    expect(await person.workbench(sum)).toMatchObject({ status: 0, stdout: '42\n' });
  } finally {
    after.close();
    await after.host.stop();
  }
});

test('a host that goes down in the middle of a pull is told of, and leaves nothing partial', async ({
  person,
}) => {
  test.setTimeout(180_000);
  const { host, client, close } = await connected(person);
  try {
    const { taskId } = await client.images.pull(pullTo('far', realistic));
    await taskUntil(client, taskId, isAtWork);
    await rebootCluster();
    await client.hosts.connect({ hostId: farId });
    const { status } = await taskUntil(client, taskId, ({ endedAt }) => endedAt !== null);
    expect(status).toMatchObject({
      state: 'failed',
      error: {
        code: 'task.interrupted',
        title: 'This was ended on far before it was done',
        cause: expect.stringContaining('went down'),
        nextStep: expect.stringContaining('Start it again'),
        action: { kind: 'retry' },
      },
    });
    expect(await whatIsThere()).toBe('');
    await expectNothingLeft(client);
    const again = await client.images.pull(pullTo('far', tiny));
    await taskUntil(client, again.taskId, hasSucceeded);
    expect(await whatIsThere()).toBe('tiny_v1.sif\n');
  } finally {
    close();
    await host.stop();
  }
});

test('a push whose link is cut is told of, and the same again goes on', async ({ person }) => {
  test.setTimeout(180_000);
  const image = await person.hasImage(bed.tiny.sif, 'large.sif');
  const sizeBytes = 400_000_000;
  await truncate(image, sizeBytes);
  const push = ['push', '--json', 'large.sif', 'far'];
  const started = person.startWorkbench(push);
  await started.waitFor((output) => bytesDone(output) > sizeBytes / 10);
  await cutLink();
  const cut = await started.ended;
  const told = JSON.parse(cut.stdout.trimEnd().split('\n').at(-1) ?? '') as unknown;
  expect(told).toMatchObject({
    type: 'failed',
    error: {
      code: 'transfer.interrupted',
      title: expect.stringContaining('was cut off'),
      nextStep: expect.stringContaining('it goes on where it stopped'),
    },
  });
  expect(cut.status).toBe(5);
  await restoreLink();
  expect(await whatIsThere()).not.toMatch(/^large\.sif$/m);
  const again = await person.workbench(push);
  expect(again.status, again.stderr).toBe(0);
  const result = JSON.parse(again.stdout.trimEnd().split('\n').at(-1) ?? '') as {
    facts: { bytesSent: number; bytesReused: number };
  };
  expect(result.facts.bytesReused).toBeGreaterThan(0);
  expect(result.facts.bytesSent).toBe(sizeBytes - result.facts.bytesReused);
  expect(await whatIsThere()).toBe('large.sif\n');
  const sum = await askHost('cluster-far', `sha256sum ${images}/large.sif`);
  expect(sum.split(' ')[0]).toBe(await digestOf(image));
  await askHost('cluster-far', `rm ${images}/large.sif`);
});

test('a full /tmp on the host does not stop a pull, unless it is where the pull works', async ({
  person,
}) => {
  await setFact('tmpFull', true);
  const pulled = await person.workbench(['pull', '--host', 'far', tiny]);
  expect(pulled, pulled.stderr).toMatchObject({ status: 0, stdout: `${images}/tiny_v1.sif\n` });
  const temporaryFolder = hostPathSchema.parse('/tmp');
  await person.hasSettings(hostSettings({ far: { ...far.far, temporaryFolder } }));
  const refused = await person.workbench(['pull', '--host', 'far', tiny, `${images}/other.sif`]);
  expect(refused.stderr).toMatch(/^Error: No space left for \/tmp.*\n {2}.+\n {2}→ .+/m);
  expect(refused.status).toBe(6);
  expect(await whatIsThere()).toBe('tiny_v1.sif\n');
});

test('a home folder that may not be written to is told of', async ({ person }) => {
  await askHost('cluster-far', `rm -rf ${images.replace(/\/images$/, '')} .local/state/mysingularity`);
  await askHost('cluster-far', 'chmod 500 .local/share .local/state');
  await setFact('homeNotWritable', true);
  await person.hasImage(bed.tiny.sif, 'tiny.sif');
  try {
    expectTold(await person.workbench(['pull', '--host', 'far', tiny]), 'host.permissionDenied', 4);
    expectTold(await person.workbench(['push', 'tiny.sif', 'far']), 'host.permissionDenied', 4);
  } finally {
    await askHost('cluster-far', 'chmod 700 .local/share .local/state');
  }
});

test('what is asked over a cut link is told of, and goes on after it', async ({ person }) => {
  const { host, client, close } = await connected(person);
  try {
    const subject = { kind: 'hostShell', hostId: farId, folder: null } as const;
    const terminal = await client.terminals.open({ subject, size: { columns: 80, rows: 24 } });
    const folder = hostPathSchema.parse(images);
    await cutLink();
    // Which of the two depends on whether the call or the line's own watch found out first.
    const code = expect.stringMatching(/^host\.(?:connectionLost|notConnected)$/);
    const lost = { data: { code, action: { kind: 'connect', host: 'far' } } };
    const paths = [hostPathSchema.parse(`${images}/tool.sif`)];
    await Promise.all([
      expect(client.hosts.browse({ hostId: farId, folder })).rejects.toMatchObject(lost),
      expect(client.images.remove({ hostId: farId, paths })).rejects.toMatchObject(lost),
      expect(client.hosts.check({ hostId: farId })).rejects.toMatchObject(lost),
    ]);
    // Whoever asked last may have begun to try once more by itself; in the end the line is told as lost.
    for await (const { hosts } of await client.hosts.watch())
      if (hosts.some(({ id, connection }) => id === 'far' && connection.state === 'lost')) break;
    expectTold(await person.workbench(['list', '--host', 'far']), 'host.timeout', 5);
    await restoreLink();
    await client.hosts.connect({ hostId: farId });
    expect(await client.hosts.browse({ hostId: farId, folder })).toMatchObject({ folder, entries: [] });
    const { terminals } = await first(client.terminals.watch());
    expect(terminals).toMatchObject([{ id: terminal.id, ended: { signal: 'SIGHUP' } }]);
  } finally {
    close();
    await host.stop();
  }
});

test('a server that takes no more newcomers is told of', async ({ person }) => {
  const { address, port } = bed.ssh.far;
  // Each try signs in anew: no line of an earlier one is shared.
  await person.hasSettings(hostSettings({ far: { ...far.far, sharesConnection: false } }));
  // Its limit for those who have not signed in yet (MaxStartups 10:30:100).
  const sockets: Socket[] = [];
  for (let count = 0; count < 110; count += 1)
    sockets.push(connect(port, address).on('error', () => undefined));
  try {
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    // Which newcomers are dropped is a matter of chance: between 30 and 100 in a hundred.
    await expect(async () => {
      expectTold(await person.workbench(['list', '--host', 'far']), 'host.tooManySessions', 5);
    }).toPass({ timeout: 60_000 });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

/** The most bytes that a push with `--json` has told of. */
function bytesDone(output: string): number {
  return Math.max(0, ...[...output.matchAll(/"bytes":\{"done":(\d+)/g)].map(([, done]) => Number(done)));
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
