import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cutLink, resetCluster, restoreLink, testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { environment, reportIn, say, sayOn, useLines } from './lines.fixture.ts';
import { explainSshFailure } from './sshFailures.ts';
import { whenListening } from './sshMaster.ts';

const { ssh } = testbed();

describe.skipIf(whyMissing('ssh') !== null)('a line to an ssh host', () => {
  const { line, folder } = useLines();

  it('signs in with a key, once for everybody, and runs commands', async () => {
    const { connection, states } = line('cluster');
    await Promise.all([connection.connect(), connection.connect()]);
    expect(states).toEqual(['connecting', 'connected']);
    const said = await say(connection, 'echo hi; exit 7');
    expect(said).toMatchObject({ exitStatus: 7 });
    expect(said.stdout).toMatch(/hi\n$/);
    await connection.disconnect();
    expect(connection.state().state).toBe('disconnected');
    expect(await readdir(folder())).toEqual([]);
    expect(await reportIn(connection.openChannel('work'))).toMatchObject({ code: 'host.notConnected' });
  });

  it('connects by itself for a channel where nothing is asked', async () => {
    const { connection } = line('cluster');
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
  });

  it('goes through a gateway', async ({ skip }) => {
    if (whyMissing('sshFar') !== null) skip();
    const { connection } = line('cluster-jump');
    await connection.connect();
    expect((await say(connection, 'hostname')).stdout).toBe(`${ssh.far.name}\n`);
  });

  it('gives four places for work in turn, one for control, and any number of terminals', async () => {
    const { connection } = line('cluster');
    const four = await Promise.all([0, 1, 2, 3].map(() => connection.openChannel('work')));
    const order: string[] = [];
    const fifth = connection.openChannel('work').then((channel) => {
      order.push('fifth');
      return channel;
    });
    const gone = new AbortController();
    const left = connection.openChannel('work', gone.signal);
    const sixth = connection.openChannel('work').then((channel) => {
      order.push('sixth');
      return channel;
    });
    const others = await Promise.all([
      connection.openChannel('control'),
      connection.openChannel('terminal'),
      connection.openChannel('terminal'),
    ]);
    gone.abort(new Error('no longer wanted'));
    await expect(left).rejects.toThrow('no longer wanted');
    expect(order).toEqual([]);
    four[0]?.release();
    four[0]?.release();
    await fifth;
    expect(order).toEqual(['fifth']);
    four[1]?.release();
    await sixth;
    for (const channel of [...four, ...others, await fifth, await sixth]) channel.release();
  });

  it('says that the server takes no more sessions, and never signs in a second time for one', async () => {
    const { connection } = line('cluster');
    await connection.connect();
    const channels = await Promise.all(Array.from({ length: 11 }, () => connection.openChannel('terminal')));
    const busy = channels.slice(0, 10).map((channel) => {
      const child = spawn(channel.program, [...channel.args, 'echo ready; cat'], {
        env: channel.environment,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      return { child, ready: once(child.stdout, 'data') };
    });
    await Promise.all(busy.map(({ ready }) => ready));
    const last = channels.at(-1);
    if (last === undefined) throw new Error('no channel');
    const refused = await sayOn(last, 'true');
    const facts = { hostId: connection.hostId, host: 'cluster', address: 'alice@127.0.0.1' };
    expect(explainSshFailure(refused.stderr, refused.exitStatus, facts).report).toMatchObject({
      code: 'host.tooManySessions',
    });
    await Promise.all(
      busy.map(({ child }) => {
        child.stdin.end();
        return once(child, 'close');
      }),
    );
    for (const channel of channels) channel.release();
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
  });

  it('notices at once that its master died, and opens one new line silently', async () => {
    const { connection, reached } = line('cluster');
    await connection.connect();
    const channel = await connection.openChannel('work');
    const running = sayOn(channel, 'sleep 60');
    process.kill(await masterOf(folder()), 'SIGKILL');
    await reached('lost');
    expect(connection.state().reason).toMatchObject({ code: 'host.connectionLost' });
    expect((await running).exitStatus).toBe(255);
    channel.release();
    const left = await connection.openChannel('work');
    expect(connection.state().state).toBe('connected');
    left.release();
  });

  it('tells a session that ended from a lost line', async () => {
    const { connection, states } = line('cluster');
    await connection.connect();
    connection.reportLoss();
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
    expect(states).toEqual(['connecting', 'connected']);
  });

  it('explains a channel whose master is gone, without signing in', async () => {
    const { connection, reached } = line('cluster');
    const channel = await connection.openChannel('work');
    process.kill(await masterOf(folder()), 'SIGKILL');
    await reached('lost');
    const { stderr, exitStatus } = await sayOn(channel, 'echo hi');
    channel.release();
    const facts = { hostId: connection.hostId, host: 'cluster', address: 'alice@127.0.0.1' };
    expect(explainSshFailure(stderr, exitStatus, facts).report.code).toBe('host.connectionLost');
  });

  it('joins the line of another process, and outlives its end', async () => {
    const first = line('cluster');
    const second = line('cluster');
    await first.connection.connect();
    await second.connection.connect();
    expect((await readdir(folder())).length).toBe(1);
    expect((await say(second.connection, 'echo hi')).stdout).toMatch(/hi\n$/);
    await first.connection.disconnect();
    await second.reached('lost');
    await second.connection.connect();
    expect((await say(second.connection, 'echo hi')).stdout).toMatch(/hi\n$/);
  });

  it('ends a joined line too', async () => {
    const first = line('cluster');
    const second = line('cluster');
    await first.connection.connect();
    await second.connection.connect();
    await second.connection.disconnect();
    await first.reached('lost');
  });

  it('uses a connection that the person has open already, where nobody can be asked', async () => {
    const controlPath = join(folder(), 'own');
    const configFile = join(folder(), 'config');
    await writeFile(
      configFile,
      `Host cluster-otp\n  ControlPath ${controlPath}\nHost *\n  Include ${ssh.config}\n`,
    );
    const own = spawn('ssh', ['-F', configFile, '-M', '-N', '-S', controlPath, 'cluster'], {
      stdio: 'ignore',
    });
    (await whenListening(controlPath, new AbortController().signal)).destroy();
    const { connection } = line('cluster-otp', { configFile });
    await connection.connect();
    expect((await say(connection, 'whoami')).stdout).toMatch(/alice\n$/);
    await connection.disconnect();
    expect(own.exitCode).toBeNull();
    own.kill();
    await once(own, 'exit');
    await rm(configFile);
  });

  it('closes when nothing was done for a while, and opens again', async () => {
    const { connection, reached } = line('cluster', { idleMinutes: 0.01 });
    const shell = await connection.openChannel('terminal');
    const work = await connection.openChannel('work');
    work.release();
    expect(connection.state().state).toBe('connected');
    shell.release();
    await reached('disconnected');
    expect(connection.state().reason).toBeNull();
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
  });

  it('signs in for each channel where sharing is off', async () => {
    const { connection } = line('cluster', { sharesConnection: false });
    await connection.connect();
    const said = await Promise.all([
      say(connection, 'echo $SSH_CLIENT'),
      say(connection, 'echo $SSH_CLIENT'),
    ]);
    const clients = said.map(({ stdout }) => stdout.trim().split('\n').at(-1));
    expect(new Set(clients).size).toBe(2);
  });

  it('says who cannot be reached, and why', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const port = portOf(closed);
    closed.close();
    const reports = await Promise.all([
      reportIn(line('alice@127.0.0.1', { port }).connection.connect()),
      reportIn(line('alice@nowhere.invalid').connection.connect()),
      reportIn(
        line('cluster', { environment: { ...environment, PATH: '/nonexistent' } }).connection.connect(),
      ),
      reportIn(line('cluster', { configFile: '/nonexistent' }).connection.connect()),
    ]);
    expect(reports.map(({ code }) => code)).toEqual([
      'host.connectionRefused',
      'host.nameUnknown',
      'host.sshMissing',
      'host.sshFailed',
    ]);
    expect(reports[0]?.data['address']).toBe(`127.0.0.1:${port}`);
  });

  it('waits a quarter of a minute for a machine that says nothing, and hears one that hangs up', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await Promise.all([once(silent, 'listening'), once(rude, 'listening')]);
    const [timeout, dropped] = await Promise.all([
      reportIn(line('alice@127.0.0.1', { port: portOf(silent) }).connection.connect()),
      reportIn(line('alice@127.0.0.1', { port: portOf(rude) }).connection.connect()),
    ]);
    expect(timeout).toMatchObject({ code: 'host.timeout', data: { seconds: 15 } });
    expect(dropped).toMatchObject({ code: 'host.tooManySessions' });
    silent.close();
    rude.close();
  });

  it('stops trying when it is told to', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { connection } = line('alice@127.0.0.1', { port: portOf(silent) });
    const arrived = once(silent, 'connection');
    const report = reportIn(connection.connect());
    await arrived;
    await connection.disconnect();
    expect(await report).toMatchObject({ code: 'host.notConnected' });
    expect(connection.state()).toMatchObject({ state: 'disconnected', reason: null });
    silent.close();
  });
});

describe.skipIf(whyMissing('sshFar') !== null)('a link that is cut', () => {
  const { line } = useLines();
  afterAll(() => resetCluster());

  it('is noticed within half a minute, and one connect mends it', async () => {
    const { connection, reached } = line('cluster-far');
    await connection.connect();
    await cutLink();
    const before = performance.now();
    await reached('lost');
    expect((performance.now() - before) / 1000).toBeLessThan(25);
    expect(connection.state().reason).toMatchObject({ code: 'host.connectionLost' });
    expect(connection.state().reason?.evidence).toMatch(/not responding/);
    await restoreLink();
    await connection.connect();
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
  });
});

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The process that serves the one control socket in the folder. */
async function masterOf(folder: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end while it is looked at.
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (words.startsWith('ssh\0') && words.includes('\0-M\0') && words.includes(`\0${folder}/`))
      return Number(name);
  }
  throw new Error('no master');
}
