import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';

const reason = whyMissing('apptainer', 'tiny', 'user');
const bed = testbed();
const mine = `cli-${process.pid}`;
let line: CommandLineFixture;
let home: string;

beforeAll(async () => {
  line = await openCommandLine({ environment: () => ({ MYSINGULARITY_SSH_CONFIG: bed.ssh.config }) });
  home = line.home;
  if (reason === null) copyFileSync(bed.tiny.sif, join(home, 'tiny.sif'));
});
afterAll(async () => {
  await run('instance', 'stop', mine);
  await line.dispose();
});
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

async function run(...words: readonly string[]) {
  const status = await line.run(...words);
  return { status, ...line.said };
}
const json = async (...words: readonly string[]) =>
  JSON.parse((await run(...words, '--json')).stdout) as never;

describe('instances and overlays by command line', { timeout: 60_000 }, () => {
  it('makes an overlay, attaches it, starts an instance in a workspace over it, looks into it and stops it', async () => {
    expect(await run('overlay', 'create', './ov.img', '--size', '64', '--folder', '/data')).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Made an overlay (67.1 MB'),
    });
    expect((await run('overlay', 'create', './ov.img', '--size', '64M')).status).toBe(7);
    expect((await run('overlay', 'create', './small.img', '--size', '10M')).status).toBe(2);
    const dry = await run('exec', '--dry-run', '--overlay', 'ov.img:ro', 'tiny.sif', 'true');
    expect(dry.stdout).toContain(`--overlay ${join(home, 'ov.img')}:ro`);
    expect((await run('overlay', 'list')).stdout).toMatch(/67.1 MB .* free +\/.*ov\.img/);

    expect((await run('workspace', 'create', 'bench')).status).toBe(0);
    const words = ['--workspace', 'bench', '--overlay', 'ov.img', 'tiny.sif', mine] as const;
    expect((await run('instance', 'start', '--dry-run', ...words)).stdout).toContain('instance start');
    const started = await run('instance', 'start', ...words);
    expect(started).toMatchObject({ status: 0, stdout: `${mine}\n` });
    expect((await run('instance', 'start', 'tiny.sif', mine)).status).toBe(7);
    expect((await run('instance', 'list')).stdout).toMatch(new RegExp(`${mine} .*bench +/.*tiny.sif`));
    expect((await run('overlay', 'show', 'ov.img')).stdout).toMatch(/Open in +fuse2fs.*writing/);
    expect((await run('overlay', 'grow', './ov.img', '128')).status).toBe(4);
    expect(await json('instance', 'stats', mine)).toMatchObject({ processes: expect.any(Number) });
    expect((await run('instance', 'logs', mine)).status).toBe(0);
    expect((await run('workspace', 'show', 'bench')).stdout).toContain('Start');
    expect((await run('instance', 'stop', mine)).status).toBe(0);
    expect((await run('instance', 'stop', mine)).status).toBe(3);
  });

  it('checks, grows, embeds and deletes an overlay', async () => {
    expect((await run('overlay', 'grow', './ov.img', '128M')).status).toBe(0);
    expect(await run('overlay', 'check', './ov.img')).toMatchObject({ status: 0 });
    expect((await run('overlay', 'embed', '--dry-run', './ov.img', './tiny.sif')).stderr).toMatch(
      /grows from 1.1 MB to 135 MB/,
    );
    expect((await run('overlay', 'embed', './ov.img', './tiny.sif')).status).toBe(0);
    expect(await json('overlay', 'show', './tiny.sif')).toMatchObject({ isEmbedded: true });
    expect((await run('overlay', 'delete', './tiny.sif')).status).toBe(2);
    expect((await run('overlay', 'unembed', './ov.img', '--yes')).status).toBe(2);
    expect((await run('overlay', 'unembed', './tiny.sif', '--yes')).stderr).toMatch(/Taken out.*1.1 MB/);
    expect(statSync(join(home, 'tiny.sif')).size).toBe(statSync(bed.tiny.sif).size);
    expect((await run('overlay', 'delete', './ov.img')).status).toBe(0);
    expect(existsSync(join(home, 'ov.img'))).toBe(false);
    expect((await run('overlay', 'show', './ov.img')).status).toBe(3);
  });
});
