import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { buildOutline } from '#core/runtime/definition/buildOutline.ts';
import { linesAbove } from '#core/runtime/definition/cutDefinition.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import type { Definition } from './buildRequest.ts';
import { checkpointKeys } from './checkpointKeys.ts';
import { createCheckpointStore } from './checkpointStore.ts';
import { neededFiles } from './neededFiles.ts';
import { withoutLines } from './sendNeeded.ts';
import { canNameDigests, withDigests } from './storedBases.ts';

const host: Host = createLocalHost({
  environment: {},
  observer: { started: () => ({ ended: () => undefined }) },
});
const clusterId = hostIdSchema.parse('cluster');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoint-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function definition(text: string, values: Readonly<Record<string, string>> = {}): Definition {
  return {
    name: 'x.def',
    path: null,
    hostId: localHostId,
    folder: hostPathFromText(folder),
    text,
    outline: buildOutline(text, values),
  };
}

it('names bases of registries by digest, in the lines that they have', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const exact = `docker.io/library/fixed@sha256:${'b'.repeat(64)}`;
  const text = `Bootstrap: docker\nFrom: r.example:5000/tool\nStage: one\n\n%post\n    true\n\nBootstrap: docker\nfrom: {{ base }}\nStage: two\n\nBootstrap: docker\nFrom: ${exact}\n\n%files from one\n    /a /b\n`;
  const known = definition(text, { base: 'r.example/tool:1.2' });
  expect(canNameDigests(known)).toBe(true);
  const digests = new Map(['r.example:5000/tool', 'r.example/tool:1.2', exact].map((from) => [from, digest]));
  expect(withDigests(text, known, digests)).toBe(
    text
      .replace('From: r.example:5000/tool', `From: r.example:5000/tool@${digest}`)
      .replace('from: {{ base }}', `From: r.example/tool@${digest}`),
  );
  for (const other of [
    'Bootstrap: docker\nRegistry: r.example\nFrom: tool\n',
    'Bootstrap: docker\nFrom: UPPER\n',
  ])
    expect(canNameDigests(definition(other))).toBe(false);
  expect(canNameDigests(definition('Bootstrap: localimage\nFrom: a.sif\n'))).toBe(true);
});

it('has other keys where a file that lies only on the host that builds was changed', async () => {
  const there = join(folder, 'there');
  mkdirSync(join(there, 'tree'), { recursive: true });
  writeFileSync(join(there, 'tree/a'), 'one');
  const text = `Bootstrap: localimage\nFrom: x.sif\n\n%files\n    ${there}/tree /opt\n\n%post\n    true\n    # checkpoint: a\n    true\n`;
  const known = definition(text);
  // Here is nothing of it.
  const stat: Host['files']['stat'] = async (path) =>
    path.startsWith(there) ? null : await host.files.stat(path);
  const here: Host = { ...host, files: { ...host.files, stat } };
  const cluster: Host = { ...host, id: clusterId, kind: 'ssh' };
  const open = (builder: Host) => async (id: string) => (id === clusterId ? builder : here);
  const keysOf = async (builder: Host) => {
    const places = { elsewhere: [], builderId: clusterId, open: open(cluster) };
    const needed = await neededFiles(known, places);
    expect(needed[1]).toMatchObject({ kind: 'there', hostId: clusterId, paths: [join(there, 'tree')] });
    const keys = await checkpointKeys(
      {
        definition: known,
        options: {
          form: 'sif',
          binds: [],
          nv: false,
          architecture: null,
          noTest: false,
          compression: null,
          sourceDateEpoch: null,
          checkpoints: 'use',
        },
        runtime: {
          path: hostPathFromText('/usr/bin/apptainer'),
          dialect: createDialect('apptainer', '1.4.5', null),
          missingCapabilities: [],
        },
        architecture: 'amd64',
      },
      { text, cuts: [{ name: 'a', line: 9 }], needed },
      { hosts: { ...unused, open: open(builder) } },
    );
    return keys?.local;
  };
  const before = await keysOf(cluster);
  expect(before).toHaveLength(1);
  expect(await keysOf(cluster)).toEqual(before);
  writeFileSync(join(there, 'tree/a'), 'other');
  expect(await keysOf(cluster)).not.toEqual(before);

  // What is closed makes no keys; a cut line is told.
  const closed = (code: 'host.permissionDenied' | 'host.connectionLost'): Host => ({
    ...cluster,
    files: { ...cluster.files, list: () => Promise.reject(workbenchError(code, { path: there })) },
  });
  expect(await keysOf(closed('host.permissionDenied'))).toBeUndefined();
  await expect(keysOf(closed('host.connectionLost'))).rejects.toMatchObject({
    report: { code: 'host.connectionLost' },
  });
});

const unused = {
  runtime: () => Promise.reject(new Error('not asked')),
  architecture: () => Promise.reject(new Error('not asked')),
};

it('finds what is kept, and removes what a job left that nobody knows any more', async () => {
  const problems: string[] = [];
  const store = createCheckpointStore({
    files: host.files,
    folder: hostPathFromText(join(folder, 'kept')),
    onProblem: (text) => problems.push(text),
  });
  expect(await store.findLike(['f'.repeat(64)])).toEqual([null]);
  await store.makeFolder();
  const [key, localKey] = ['1'.repeat(64), '2'.repeat(64)];
  const part = store.partOf(taskIdSchema.parse('task-0001'));
  writeFileSync(part, 'image');
  await store.keep(part, { key, localKey, name: 'a', definitionName: 'x.def' });
  expect(await store.findLike(['f'.repeat(64), localKey])).toMatchObject([null, { key, sizeBytes: 5 }]);

  const inside = (name: string) => join(folder, 'kept', name);
  const [left, young] = [inside('.part-task-2.sif'), inside('.part-task-3.sif')];
  for (const path of [left, young, `${left}.json`]) writeFileSync(path, 'x');
  for (const path of [left, `${left}.json`]) utimesSync(path, 1, 1);
  await store.prune([]);
  expect(readdirSync(join(folder, 'kept')).toSorted()).toEqual(
    ['.part-task-3.sif', `${key}.json`, `${key}.sif`].toSorted(),
  );
  writeFileSync(inside(`${key}.json`), 'no note');
  expect(await store.list()).toEqual([]);
  expect(problems).toHaveLength(1);
});

it('leaves out what no part needs any more that is built', () => {
  const text = `Bootstrap: localimage
From: big.sif

%files
    data /opt
%post
    true
    # checkpoint: a
    true
%appfiles tool
    app /app
%test
    true
`;
  const cuts = [{ name: 'a', line: 8 }];
  const file = { path: hostPathFromText('/x'), relative: '', kind: 'file' as const, mode: 0o644 };
  const parcels = [2, 5, 11].map((line) => ({
    host,
    entry: { ...file, sizeBytes: line },
    to: String(line),
    line,
  }));
  const workingFolder = hostPathFromText('/w');
  const shipment = { text, replaced: [], parcels, links: [], sizeBytes: 18, workingFolder };
  const sentFrom = (begin: number) => {
    const { parcels: sent, sizeBytes } = withoutLines(shipment, linesAbove(text, { cuts, begin }));
    return [sent.map(({ line }) => line), sizeBytes];
  };
  expect(sentFrom(0)).toEqual([[2, 5, 11], 18]);
  expect(sentFrom(1)).toEqual([[11], 11]);
});
