import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { answering, codeNow, environment, reportIn, say, useLines } from './lines.fixture.ts';
import { PromptDesk } from './promptDesk.ts';

const { ssh } = testbed();

describe.skipIf(whyMissing('ssh') !== null)('signing in', () => {
  const { line } = useLines();

  it('asks for password and code, shows that it waits, and keeps both out of every process', async () => {
    const seen: string[] = [];
    const asker = answering(ssh.password, codeNow(ssh.totpSecret));
    const nosy = {
      ...asker,
      async ask(question: Parameters<typeof asker.ask>[0], signal: AbortSignal) {
        const answer = await asker.ask(question, signal);
        seen.push(await processesOfUser());
        return answer;
      },
    };
    const { connection, states } = line('cluster-otp', { asker: nosy });
    await connection.connect();
    seen.push(await processesOfUser());
    expect(asker.asked.map(({ kind, text }) => [kind, text])).toEqual([
      ['secret', '(alice@127.0.0.1) Password:'],
      ['secret', '(alice@127.0.0.1) Verification code:'],
    ]);
    expect(states).toEqual(['connecting', 'needsYou', 'connecting', 'needsYou', 'connecting', 'connected']);
    expect(seen.join().includes('SSH_ASKPASS_REQUIRE=force')).toBe(true);
    expect(seen.join().includes(ssh.password)).toBe(false);
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
  });

  it('stays out after a wrong code, and asks again only when told to', async () => {
    const asker = answering(ssh.password, '000000', ssh.password, codeNow(ssh.totpSecret));
    const { connection, states } = line('cluster-otp', { asker });
    const report = await reportIn(connection.connect());
    expect(report).toMatchObject({
      code: 'host.authenticationFailed',
      data: { methods: 'keyboard-interactive', address: 'alice@127.0.0.1:5223' },
    });
    expect(connection.state()).toMatchObject({ state: 'refused', reason: { code: report.code } });
    expect(await reportIn(connection.openChannel('work'))).toMatchObject({ code: report.code });
    expect(asker.asked.length).toBe(2);
    expect(states.at(-1)).toBe('refused');
    await connection.connect();
    expect(asker.asked.length).toBe(4);
  });

  it('does not sign in silently again where something was asked', async () => {
    const asker = answering(ssh.password, codeNow(ssh.totpSecret));
    const { connection, reached } = line('cluster-otp', { asker, idleMinutes: 0.001 });
    await connection.connect();
    await reached('disconnected');
    expect(await reportIn(connection.openChannel('work'))).toMatchObject({ code: 'host.notConnected' });
    expect(asker.asked.length).toBe(2);
  });

  it('does not try a key again that was refused', async () => {
    const { connection, states } = line('cluster-stranger');
    const report = await reportIn(connection.connect());
    expect(report).toMatchObject({ code: 'host.authenticationFailed', data: { methods: 'publickey' } });
    expect(await reportIn(connection.openChannel('control'))).toMatchObject({ code: report.code });
    expect(states).toEqual(['connecting', 'refused']);
  });

  it('tries a silent sign-in once only', async () => {
    const { connection, states } = line('cluster-stranger');
    expect(await reportIn(connection.openChannel('work'))).toMatchObject({ code: 'host.notConnected' });
    expect(await reportIn(connection.openChannel('work'))).toMatchObject({ code: 'host.notConnected' });
    expect(states).toEqual(['connecting', 'disconnected']);
  });

  it('asks for the passphrase of a key', async () => {
    const asker = answering(ssh.passphrase);
    const { connection } = line('cluster-passphrase', { asker });
    await connection.connect();
    expect(asker.asked).toMatchObject([
      { kind: 'secret', text: `Enter passphrase for key '${ssh.passphraseKey}':` },
    ]);
  });

  it('asks for each channel where sharing is off', async () => {
    const asker = answering(ssh.passphrase, ssh.passphrase);
    const { connection, states } = line('cluster-passphrase', { asker, sharesConnection: false });
    await connection.connect();
    expect((await say(connection, 'echo hi')).stdout).toMatch(/hi\n$/);
    expect(states.slice(-3)).toEqual(['connected', 'needsYou', 'connected']);
  });

  it('accepts an unknown machine only by a yes, for that person and for good', async () => {
    await withHome(async (home) => {
      const key = { algorithm: 'ED25519', sha256: ssh.near.fingerprint };
      const declining = answering('no');
      const declined = line('cluster-unknown', {
        asker: declining,
        environment: { ...environment, HOME: home },
      });
      expect(await reportIn(declined.connection.connect())).toMatchObject({
        code: 'host.keyUnknown',
        data: { algorithm: 'ED25519', fingerprint: ssh.near.fingerprint },
      });
      expect(declined.connection.state().state).toBe('refused');
      expect(declining.asked).toMatchObject([{ kind: 'hostKey', fingerprint: key }]);
      expect(declining.asked[0]?.text).toMatch(
        /^The authenticity of host .* can't be established\.\nED25519/,
      );
      const accepted = line('cluster-unknown', {
        asker: answering('yes'),
        environment: { ...environment, HOME: home },
      });
      await accepted.connection.connect();
      await accepted.connection.disconnect();
      const again = line('cluster-unknown', { environment: { ...environment, HOME: home } });
      await again.connection.connect();
    });
  });

  it('blocks a machine whose key changed, and asks nothing', async () => {
    const { connection } = line('cluster-changed', { asker: answering() });
    expect(await reportIn(connection.connect())).toMatchObject({
      code: 'host.keyChanged',
      data: {
        algorithm: 'ED25519',
        fingerprint: ssh.near.fingerprint,
        file: expect.stringMatching(/known_hosts_changed$/),
        line: 1,
      },
    });
    expect(connection.state().state).toBe('refused');
  });

  it('ends when a question is cancelled', async () => {
    const desk = new PromptDesk();
    const { connection, reached } = line('cluster-otp', { asker: desk });
    const report = reportIn(connection.connect());
    await reached('needsYou');
    expect(desk.list()).toMatchObject([{ kind: 'secret', hostId: 'cluster-otp' }]);
    expect(desk.answer(desk.list()[0]?.id ?? '', null)).toBe(true);
    expect(await report).toMatchObject({ code: 'host.promptCancelled' });
    expect(connection.state()).toMatchObject({
      state: 'disconnected',
      reason: { code: 'host.promptCancelled' },
    });
    expect(desk.list()).toEqual([]);
  });

  it('takes a question back when it is told to disconnect', async () => {
    const desk = new PromptDesk();
    const { connection, reached } = line('cluster-otp', { asker: desk });
    const report = reportIn(connection.connect());
    await reached('needsYou');
    await connection.disconnect();
    expect(await report).toMatchObject({ code: 'host.notConnected' });
    expect(desk.list()).toEqual([]);
  });

  it('fails with the reason when asking itself fails', async () => {
    const asker = { canAsk: true, ask: () => Promise.reject(new Error('the terminal is gone')) };
    expect(await reportIn(line('cluster-otp', { asker }).connection.connect())).toMatchObject({
      code: 'internal',
      evidence: expect.stringContaining('the terminal is gone'),
    });
  });

  it('says so where nobody can be asked', async () => {
    expect(await reportIn(line('cluster-otp').connection.connect())).toMatchObject({
      code: 'host.promptImpossible',
      data: { prompt: '(alice@127.0.0.1) Password:' },
    });
    await withHome(async (home) => {
      const unknown = line('cluster-unknown', { environment: { ...environment, HOME: home } });
      expect(await reportIn(unknown.connection.connect())).toMatchObject({
        code: 'host.keyUnknown',
        data: { fingerprint: ssh.near.fingerprint },
      });
    });
  });
});

async function withHome(use: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  try {
    await mkdir(join(home, '.ssh'), { mode: 0o700 });
    await use(home);
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Command line and environment of every process of this user but this one, which read the test bed's secrets. */
async function processesOfUser(): Promise<string> {
  const parts: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    // Other people's, or ended meanwhile.
    for (const file of ['cmdline', 'environ'])
      parts.push(await readFile(`/proc/${name}/${file}`, 'utf8').catch(() => ''));
  }
  return parts.join('\n');
}
