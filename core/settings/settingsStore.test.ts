import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from './defaults.ts';
import { foldersOf } from './folders.ts';
import { SettingsStore } from './settingsStore.ts';

const defaults = defaultSettings(foldersOf({}, '/home/alice'));
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
  file = join(folder, 'sub', 'settings.json');
});

describe('settings file', () => {
  it('starts with defaults and writes only what was changed', async () => {
    const store = await SettingsStore.open(file, defaults);
    expect(store.get().images.folders).toEqual(['/home/alice/.local/share/mysingularity/images']);
    await store.change({ appearance: { theme: 'dark' }, welcomed: true });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      appearance: { theme: 'dark' },
      welcomed: true,
    });
    expect((await SettingsStore.open(file, defaults)).get().appearance).toEqual({
      theme: 'dark',
      zoom: 1,
      language: 'en',
    });
    expect(await readdir(join(folder, 'sub'))).toEqual(['settings.json']);
  });

  it('keeps comments and members that it does not know', async () => {
    await (await SettingsStore.open(file, defaults)).change({ welcomed: true });
    await writeFile(file, '{\n  // my theme\n  "appearance": { "theme": "light" },\n  "later": 1,\n}');
    const store = await SettingsStore.open(file, defaults);
    await store.change({ terminal: { fontSize: 16 } });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('// my theme');
    expect(text).toContain('"later": 1');
    expect(store.get()).toMatchObject({ appearance: { theme: 'light' }, terminal: { fontSize: 16 } });
  });

  it.each([
    ['{ "appearance": ', 'Line 1'],
    ['{ "appearance": { "zoom": 99 } }', 'appearance.zoom'],
  ])('tells of a wrong file and never overwrites it (%s)', async (text, problem) => {
    await (await SettingsStore.open(file, defaults)).change({ welcomed: true });
    await writeFile(file, text);
    const store = await SettingsStore.open(file, defaults);
    const first = await store.watch().next();
    expect(first.value).toMatchObject({ settings: defaults, problem: expect.stringContaining(problem) });
    await expect(store.change({ welcomed: false })).rejects.toThrow(problem);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('applies changes that come at once one after another', async () => {
    const store = await SettingsStore.open(file, defaults);
    await Promise.all([8, 9, 10].map((fontSize) => store.change({ terminal: { fontSize } })));
    await store.change({ appearance: { zoom: 1.5 } });
    expect(store.get()).toMatchObject({ terminal: { fontSize: 10 }, appearance: { zoom: 1.5 } });
  });
});
