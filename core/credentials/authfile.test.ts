import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { authfileText, withAuthfile } from './authfile.ts';

const credentials = { userName: 'ada', password: 'päss:"word"' };
const auth = Buffer.from('ada:päss:"word"').toString('base64');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authfile-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('writes Docker’s form, with Docker Hub’s own key', () => {
  expect(JSON.parse(authfileText({ registry: 'r.org:5000', credentials }))).toEqual({
    auths: { 'r.org:5000': { auth } },
  });
  expect(JSON.parse(authfileText({ registry: 'index.docker.io', credentials }))).toEqual({
    auths: { 'https://index.docker.io/v1/': { auth } },
  });
});

it('gives an identity token as one', () => {
  const token = { userName: '<token>', password: 'refresh', isIdentityToken: true };
  expect(JSON.parse(authfileText({ registry: 'r.org', credentials: token }))).toMatchObject({
    auths: { 'r.org': { identitytoken: 'refresh' } },
  });
});

it('is private while it is used, and gone afterwards', async () => {
  const seen = await withAuthfile(folder, { registry: 'r.org', credentials }, async (path) => ({
    text: await readFile(path, 'utf8'),
    mode: (await stat(path)).mode & 0o777,
    folderMode: (await stat(dirname(path))).mode & 0o777,
  }));
  expect(seen).toEqual({
    text: authfileText({ registry: 'r.org', credentials }),
    mode: 0o600,
    folderMode: 0o700,
  });
  expect(await readdir(folder)).toEqual([]);
});

it('is gone when its use fails, too', async () => {
  const failing = withAuthfile(folder, { registry: 'r.org', credentials }, () =>
    Promise.reject(new Error('no')),
  );
  await expect(failing).rejects.toThrow('no');
  expect(await readdir(folder)).toEqual([]);
});
