import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleCommandLine } from '#core/images/commandLine.fixture.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';

const bed = testbed();
const folder = mkdtempSync(join(tmpdir(), 'cli-hosts-'));
let program: string;
beforeAll(async () => {
  program = await bundleCommandLine(join(folder, 'program'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach((context) => {
  const reason = whyMissing('ssh', 'tiny', 'apptainer');
  if (reason !== null) context.skip(reason);
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(file: string, args: readonly string[], home: string): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: home,
    // In a session of its own: there is no terminal to ask on, whoever runs this test.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      USER: process.env['USER'],
      TMPDIR: home,
      MYSINGULARITY_SSH_CONFIG: bed.ssh.config,
    },
  });
  const kept = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    kept.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    kept.stderr += text;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, ...kept })));
}

let home: string;
let far: string;
const workbench = (...words: readonly string[]) => start(process.execPath, [program, ...words], home);
const ssh = async (command: string) =>
  (await start('ssh', ['-q', '-F', bed.ssh.config, 'cluster', command], home)).stdout;

beforeEach(async () => {
  home = mkdtempSync(join(folder, 'home-'));
  far = (await ssh('mktemp -d')).trim().split('\n').at(-1) ?? '';
});
afterEach(async () => {
  await ssh(`rm -rf ${far}`);
});

describe('push', { timeout: 60_000 }, () => {
  it('sends images to a host of the ssh configuration, once, and says where they are', async () => {
    copyFileSync(bed.tiny.sif, join(home, 'one.sif'));
    mkdirSync(join(home, 'more'));
    copyFileSync(bed.tiny.sif, join(home, 'more/two.sif'));
    const sent = await workbench('push', 'one.sif', 'more/two.sif', `cluster:${far}/images/`);
    expect(sent.stderr).toMatch(/Sent .*one\.sif to cluster/);
    expect(sent).toMatchObject({ status: 0, stdout: `${far}/images/one.sif\n${far}/images/two.sif\n` });
    const digest = createHash('sha256').update(readFileSync(bed.tiny.sif)).digest('hex');
    const there = await ssh(`cd ${far}/images && ls -A && sha256sum one.sif two.sif`);
    expect(there).toContain(`one.sif\ntwo.sif\n${digest}  one.sif\n${digest}  two.sif\n`);
    const again = await workbench('push', '--json', 'one.sif', `cluster:${far}/images`);
    const lines = again.stdout
      .trim()
      .split('\n')
      .map((text): unknown => JSON.parse(text));
    expect(lines.at(-1)).toMatchObject({ type: 'succeeded', facts: { way: 'none', bytesSent: 0 } });
    const changed = readFileSync(bed.tiny.sif);
    writeFileSync(join(home, 'one.sif'), changed.fill(0x41, 200_000, 200_010));
    const refused = await workbench('push', 'one.sif', `cluster:${far}/images/two.sif`);
    expect(refused).toMatchObject({ status: 7, stdout: '' });
    const replaced = await workbench('push', '--overwrite', 'one.sif', `cluster:${far}/images/two.sif`);
    expect(replaced).toMatchObject({ status: 0, stdout: `${far}/images/two.sif\n` });
  });

  it('says what is wrong with the words', async () => {
    copyFileSync(bed.tiny.sif, join(home, 'one.sif'));
    expect(await workbench('push', 'one.sif')).toMatchObject({ status: 2 });
    expect((await workbench('push', 'one.sif', ':x')).stderr).toContain('expected HOST[:PATH]');
    expect((await workbench('push', 'one.sif', '-oProxyCommand=x')).status).toBe(2);
    expect(await workbench('push', 'one.sif', 'one.sif', `cluster:${far}/x.sif`)).toMatchObject({
      status: 2,
    });
    expect(await workbench('push', 'gone.sif', `cluster:${far}/`)).toMatchObject({ status: 3 });
  });
});

describe('--host', { timeout: 60_000 }, () => {
  it('lists, describes and runs what is there', async () => {
    copyFileSync(bed.tiny.sif, join(home, 'one.sif'));
    expect((await workbench('push', 'one.sif', `cluster:${far}/`)).status).toBe(0);
    const image = `${far}/one.sif`;
    const shown = await workbench('inspect', '--host', 'cluster', '--json', image);
    expect(JSON.parse(shown.stdout)).toMatchObject({ image: { path: image, format: 'sif' } });
    const ran = await workbench('exec', '--host', 'cluster', image, 'sh', '-c', 'id -un; exit 7');
    expect(ran).toMatchObject({ status: 7, stdout: 'alice\n' });
    expect((await workbench('exec', '--host', 'cluster', '-n', image, 'true')).stdout).toContain(image);
    const listed = await workbench('list', '--host', 'cluster', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ images: expect.anything() });
  });

  it('fails at once where ssh asks and there is no terminal, and for a name that nobody knows', async () => {
    const startedAt = performance.now();
    const asked = await workbench('list', '--host', 'cluster-otp', '--json');
    expect(JSON.parse(asked.stdout)).toMatchObject({
      type: 'failed',
      error: { code: 'host.promptImpossible' },
    });
    expect(asked.status).toBe(4);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect((await workbench('list', '--host', 'nobody.invalid')).status).toBe(5);
  });
});
