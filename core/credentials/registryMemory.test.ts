import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRegistryMemory } from './registryMemory.ts';

const rate = { limit: 100, remaining: 7, windowSeconds: 21_600, measuredAt: 5 };
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
  file = join(folder, 'state', 'registries.json');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
const open = (writeAfterMs = 60_000) => createRegistryMemory({ file, writeAfterMs });

it('knows at once what it was told, and after a new start what was written', async () => {
  const memory = open();
  memory.note('r.org', { lastSuccess: 1 });
  memory.note('r.org', { rate });
  expect(await memory.get('r.org')).toEqual({ lastSuccess: 1, lastRefusal: null, rate });
  expect(await open().get('r.org')).toEqual({ lastSuccess: null, lastRefusal: null, rate: null });
  await memory.flush();
  expect(await open().get('r.org')).toEqual({ lastSuccess: 1, lastRefusal: null, rate });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'state'))).toEqual(['registries.json']);
});

it('writes by itself after a while', async () => {
  open(1).note('r.org', { lastRefusal: 3 });
  await expect.poll(() => open().get('r.org')).toMatchObject({ lastRefusal: 3 });
});

it('leaves what another window wrote', async () => {
  const [one, other] = [open(), open()];
  one.note('a.org', { lastSuccess: 1 });
  other.note('b.org', { lastSuccess: 2 });
  await one.flush();
  await other.flush();
  expect(Object.keys(JSON.parse(await readFile(file, 'utf8')))).toEqual(['a.org', 'b.org']);
});

it('writes nothing when it was told nothing', async () => {
  await open().flush();
  expect(await readdir(folder)).toEqual([]);
});

it('counts a spoilt file as empty, and keeps no more than 200 registries', async () => {
  const memory = open();
  memory.note('first.org', { lastSuccess: 1 });
  await memory.flush();
  await writeFile(file, '{"first.org":');
  expect((await memory.get('first.org')).lastSuccess).toBeNull();
  for (let number = 0; number < 250; number += 1) memory.note(`r${number}.org`, { lastSuccess: number });
  await memory.flush();
  const names = Object.keys(JSON.parse(await readFile(file, 'utf8')));
  expect([names.length, names.at(-1)]).toEqual([200, 'r249.org']);
});
