import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ClusterFact,
  cutLink,
  rebootCluster,
  resetCluster,
  restoreLink,
  setFact,
  testbed,
  whyMissing,
} from './testbed.ts';

const noSsh = whyMissing('ssh');
const noFar = whyMissing('ssh', 'sshFar');

interface Outcome {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ssh HOST COMMAND` with the test bed's config; what it asks is answered from `answers` by the words of the prompt. */
function ssh(
  host: string,
  command: string,
  answers: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'testbed-'));
  const askpass = join(folder, 'askpass');
  const cases = Object.entries(answers).map(([word, answer]) => `*${word}*) echo '${answer}' ;;`);
  writeFileSync(askpass, `#!/bin/sh\ncase $1 in ${cases.join(' ')} *) exit 1 ;; esac\n`);
  chmodSync(askpass, 0o700);
  const args = ['-F', testbed().ssh.config, '-o', 'ConnectTimeout=5', '-o', 'NumberOfPasswordPrompts=1'];
  const env = { ...process.env, HOME: folder, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' };
  return new Promise((resolve) => {
    execFile('ssh', [...args, host, command], { env }, (error, stdout, stderr) => {
      rmSync(folder, { recursive: true });
      resolve({ exitStatus: error === null ? 0 : Number(error.code), stdout, stderr });
    }).stdin?.end();
  });
}

/** The present code for a base32 secret (RFC 6238: SHA-1, 6 digits, 30 seconds). */
function oneTimeCode(secret: string): string {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const text = bits.map((value) => value.toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((text.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const start = digest.readUInt8(19) & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe.skipIf(noSsh !== null)('ssh hosts on the loopback', () => {
  it.each([
    ['cluster', 'alice', '/home/alice', 'bash'],
    ['cluster-bob', 'bob', '/srv/people/bob', 'tcsh'],
    ['cluster-carol', 'carol', '/home/carol', 'fish'],
  ])('%s lets %s in by key', async (host, name, home, shell) => {
    const { stdout } = await ssh(host, 'id -un; pwd; getent passwd $USER');
    const [userName, folder, entry] = stdout.trim().split('\n').slice(-3);
    expect([userName, folder]).toEqual([name, home]);
    expect(entry).toMatch(new RegExp(`/${shell}$`));
  });

  it('speaks in every shell of alice', async () => {
    const { stdout, stderr } = await ssh('cluster', 'true');
    expect(stdout).toBe('Welcome, alice. Maintenance on Friday.\n');
    expect(stderr).toContain('Quota: 12 of 50 GB used\n');
  });

  it('has an account that may not sign in', async () => {
    expect(await ssh('cluster-nologin', 'id')).toMatchObject({
      exitStatus: 1,
      stdout: 'This account is currently not available.\n',
    });
  });

  it('asks for the passphrase of a key', async () => {
    const { passphrase } = testbed().ssh;
    expect(await ssh('cluster-passphrase', 'exit 7', { passphrase })).toMatchObject({ exitStatus: 7 });
    expect(await ssh('cluster-passphrase', 'exit 7')).toMatchObject({ exitStatus: 255 });
  });

  it('asks for the password and then for a code', async () => {
    const { password, totpSecret } = testbed().ssh;
    const code = oneTimeCode(totpSecret);
    expect(await ssh('cluster-otp', 'exit 7', { Password: password, code })).toMatchObject({ exitStatus: 7 });
    for (const answers of [
      { Password: password, code: '000000' },
      { Password: 'wrong', code },
    ]) {
      const { exitStatus, stderr } = await ssh('cluster-otp', 'exit 7', answers);
      expect(exitStatus).toBe(255);
      expect(stderr).toContain('Permission denied (keyboard-interactive)');
    }
  });

  it('refuses a key of nobody, an unknown and a changed host key', async () => {
    expect((await ssh('cluster-stranger', 'true')).stderr).toContain('Permission denied (publickey)');
    expect((await ssh('cluster-unknown', 'true')).stderr).toContain('Host key verification failed');
    expect((await ssh('cluster-changed', 'true')).stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  });

  it('forgets nothing that a person accepted', async () => {
    const { near } = testbed().ssh;
    expect(await ssh('cluster-unknown', 'exit 7', { [near.fingerprint]: 'yes' })).toMatchObject({
      exitStatus: 7,
    });
  });
});

describe.skipIf(noFar !== null)('the far host', () => {
  afterEach(resetCluster);
  const whoAndWhere = 'id -un; hostname';

  it.each(['cluster-far', 'cluster-jump'])('lets alice in as %s', async (host) => {
    expect((await ssh(host, whoAndWhere)).stdout).toBe('alice\nclusterA\n');
  });

  it('has the registry at its address', async () => {
    const { stdout } = await ssh(
      'cluster-far',
      `curl -s http://${testbed().registry}/v2/demo/tiny/tags/list`,
    );
    expect(JSON.parse(stdout)).toEqual({ name: 'demo/tiny', tags: ['v1'] });
  });

  it('cannot be reached while the link is cut', async () => {
    await cutLink();
    expect(await ssh('cluster-far', 'true')).toMatchObject({ exitStatus: 255 });
    await restoreLink();
    expect(await ssh('cluster-far', 'true')).toMatchObject({ exitStatus: 0 });
  });

  it('ends everything when it reboots', async () => {
    const left = 'cat /tmp/left; pgrep -fc "[s]leep 4321"';
    await ssh('cluster-far', 'echo here > /tmp/left; nohup sleep 4321 > /dev/null 2>&1 &');
    expect((await ssh('cluster-far', left)).stdout).toBe('here\n1\n');
    await rebootCluster();
    expect((await ssh('cluster-far', left)).stdout).toBe('0\n');
  });

  it.each<[ClusterFact, string, string]>([
    ['userNamespacesOff', 'cluster-far', 'unshare --user true'],
    ['subuidMissing', 'cluster-far-bob', 'grep ^bob: /etc/subuid /etc/subgid'],
    ['subuidTooSmall', 'cluster-far-bob', 'grep -x "bob:.*:65536" /etc/subuid'],
    ['fuseHelpersMissing', 'cluster-far', 'command -v squashfuse && command -v fusermount3'],
    ['fuseDeviceMissing', 'cluster-far', 'test -e /dev/fuse'],
    ['tmpNoexec', 'cluster-far', 'cp /bin/true /tmp/try && /tmp/try'],
    ['tmpFull', 'cluster-far', 'echo something > /tmp/something'],
    ['homeNotWritable', 'cluster-far', 'touch new && rm new'],
    ['bindControlOff', 'cluster-far', 'grep "^user bind control = yes" /etc/apptainer/apptainer.conf'],
    ['runtimeMissing', 'cluster-far', 'apptainer version'],
    ['rsyncMissing', 'cluster-far', 'rsync --version'],
  ])('%s can be turned on and off', async (fact, host, command) => {
    expect(await ssh(host, command)).toMatchObject({ exitStatus: 0 });
    await setFact(fact, true);
    expect(await ssh(host, command)).not.toMatchObject({ exitStatus: 0 });
    await setFact(fact, false);
    expect(await ssh(host, command)).toMatchObject({ exitStatus: 0 });
  });

  it('has places that are full, over quota, noexec and locked', async () => {
    const { small, quota, noexec, locked } = testbed().ssh.places;
    const fill = (folder: string) => `head -c 8000000 /dev/zero > ${folder}/fill; rm -f ${folder}/fill`;
    expect((await ssh('cluster-far', fill(small))).stderr).toContain('No space left on device');
    if (quota !== '') expect((await ssh('cluster-far', fill(quota))).stderr).toContain('Disk quota exceeded');
    expect(await ssh('cluster-far', `cp /bin/true ${noexec} && ${noexec}/true`)).toMatchObject({
      exitStatus: 126,
    });
    expect((await ssh('cluster-far', `touch ${locked}/new`)).stderr).toContain('Permission denied');
  });

  it('takes only what its control knows', async () => {
    await expect(setFact('nothing' as ClusterFact, true)).rejects.toThrow('There is no fact nothing.');
  });
});
