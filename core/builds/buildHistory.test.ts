import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuildRecord, buildRecordSchema } from '#core/contract/builds.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { type BuildHistory, createBuildHistory } from './buildHistory.ts';

const root = mkdtempSync(join(tmpdir(), 'history-'));
const { files } = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const problems: string[] = [];
let folder: string;
let history: BuildHistory;

function record(number: number, change: Partial<BuildRecord> = {}): BuildRecord {
  return buildRecordSchema.parse({
    version: 1,
    id: `aaaaaaaa-${String(number).padStart(4, '0')}`,
    name: `tool-${number}.def`,
    hostId: 'local',
    hostLabel: 'local',
    target: '/images/tool.sif',
    targetHostId: 'local',
    startedAt: number,
    endedAt: number + 1,
    outcome: 'succeeded',
    digest: null,
    sizeBytes: null,
    test: 'none',
    definition: { path: null, folder: '/work', text: 'Bootstrap: scratch\n' },
    runtime: { product: 'apptainer', version: '1.4.5' },
    architecture: 'amd64',
    options: {
      form: 'sif',
      binds: [],
      nv: false,
      architecture: null,
      noTest: false,
      compression: null,
      sourceDateEpoch: null,
    },
    buildArguments: [],
    phases: [],
    error: null,
    ...change,
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(root, 'of-'));
  problems.length = 0;
  history = createBuildHistory({
    files,
    folder: hostPathFromText(folder),
    onProblem: (text) => problems.push(text),
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ids = async () => (await history.list()).map(({ startedAt }) => startedAt);

describe('the history of builds', () => {
  it('is newest first, and follows what changes', async () => {
    for (const number of [2, 1, 3]) await history.keep(record(number));
    expect(await ids()).toEqual([3, 2, 1]);
    await history.keep(record(2, { outcome: 'failed' }));
    expect((await history.list()).find(({ startedAt }) => startedAt === 2)?.outcome).toBe('failed');
  });

  it('loses only what a person takes off, and what is unknown is no failure', async () => {
    for (const number of [1, 2, 3]) await history.keep(record(number));
    await history.forget([record(2).id, taskIdSchema.parse('bbbbbbbb-0000')]);
    expect(await ids()).toEqual([3, 1]);
    expect(await history.find(record(2).id)).toBeNull();
  });

  it('keeps a build that runs, and with it all that were to go', async () => {
    await history.keep(record(1));
    await history.keep(record(2, { outcome: 'running', endedAt: null }));
    await expect(history.forget([record(1).id, record(2).id])).rejects.toMatchObject({
      report: { code: 'input.invalid' },
    });
    expect(await ids()).toEqual([2, 1]);
  });

  it('leaves out a file that is something else, and says so', async () => {
    await history.keep(record(1));
    writeFileSync(join(folder, 'cccccccc-0000.json'), `{"record":${'['.repeat(1000)}`);
    expect(await ids()).toEqual([1]);
    expect(problems.join()).toContain('cccccccc-0000.json');
  });
});
