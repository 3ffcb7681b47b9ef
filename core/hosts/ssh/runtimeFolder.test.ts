import { chmod, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultRuntimeFolder, preparePrivateFolder } from './runtimeFolder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('lies where the session keeps such things, unless that is too long for a socket', () => {
  expect(defaultRuntimeFolder({ XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('/run/user/1000/mysingularity');
  const uid = process.getuid?.();
  expect(defaultRuntimeFolder({ XDG_RUNTIME_DIR: `/${'x'.repeat(80)}` })).toMatch(`mysingularity-${uid}`);
  expect(defaultRuntimeFolder({})).toMatch(`mysingularity-${uid}`);
});

it('is made for this user alone', async () => {
  const path = join(folder, 'new');
  await preparePrivateFolder(path, 'cluster');
  await preparePrivateFolder(path, 'cluster');
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

it('is refused when somebody else could have a hand in it', async () => {
  const refused = { report: { code: 'host.sshFailed' } };
  await chmod(folder, 0o750);
  await expect(preparePrivateFolder(folder, 'cluster')).rejects.toMatchObject(refused);
  await chmod(folder, 0o700);
  await symlink(folder, join(folder, 'link'));
  await expect(preparePrivateFolder(join(folder, 'link'), 'cluster')).rejects.toMatchObject(refused);
  await writeFile(join(folder, 'file'), '');
  await expect(preparePrivateFolder(join(folder, 'file'), 'cluster')).rejects.toThrow();
  await expect(preparePrivateFolder(join(folder, 'x'.repeat(80)), 'cluster')).rejects.toMatchObject(refused);
});
