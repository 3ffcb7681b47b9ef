import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { thisProcess } from '#core/hosts/processOwner.ts';
import { createWorkRecords } from './workRecords.ts';

let folder: string;
let records: ReturnType<typeof createWorkRecords>;
const dead = { ...thisProcess, processId: 2 ** 22 + 1 };
const names = () => readdirSync(join(folder, 'work')).sort();
const put = (name: string, text: string) => writeFileSync(join(folder, 'work', name), text);
const record = (owner: object, files: readonly string[] = []) =>
  JSON.stringify({ version: 1, owner, files, folders: [], resumable: [] });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'work-records-'));
  mkdirSync(join(folder, 'work'));
  records = createWorkRecords({
    host: createLocalHost({ environment: {}, observer: { started: () => ({ ended: () => undefined }) } }),
    folder: hostPathFromText(join(folder, 'work')),
    onProblem: (text) => {
      throw new Error(text);
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the next start', () => {
  it('removes what the records of dead processes name, and the records', async () => {
    const part = join(folder, '.x.part');
    writeFileSync(part, 'half');
    put('dead.json', record(dead, [part]));
    await records.begin(taskIdSchema.parse('own-record'), { files: [], folders: [], resumable: [] });
    expect(await records.removeLeftovers()).toEqual([part]);
    expect(names()).toEqual(['own-record.json']);
    expect(readdirSync(folder)).toEqual(['work']);
  });

  it('removes records that a process died over before they had their name', async () => {
    put('.a.json.0123456789ab.part', record(dead));
    put('.b.json.0123456789ab.part', record(thisProcess));
    put('.old.json.0123456789ab.part', '{"version"');
    put('.young.json.0123456789ab.part', '');
    const longAgo = Date.now() / 1000 - 7200;
    utimesSync(join(folder, 'work', '.old.json.0123456789ab.part'), longAgo, longAgo);
    await records.removeLeftovers();
    expect(names()).toEqual(['.b.json.0123456789ab.part', '.young.json.0123456789ab.part']);
  });
});
