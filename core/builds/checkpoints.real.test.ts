import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, openBuilds } from './builds.fixture.ts';
import { contentsOf, checkpointDefinition as definitionText } from './imageContents.fixture.ts';

const bed = testbed();

let fixture: BuildsFixture;
const kept = () => readdirSync(join(fixture.folder, 'kept')).toSorted();

/** A build whose facts are those of its result. */
async function built(definition: string, rest: Parameters<typeof buildInput>[1] = {}): Promise<Task> {
  const task = await fixture.run(buildInput(definition, { overwrite: true, ...rest }));
  const log = (await fixture.log(task)).join('\n');
  expect(task.status, `${JSON.stringify(task.status)}\n${log}`).toMatchObject({ state: 'succeeded' });
  return task;
}

const factsOf = ({ status }: Task) => (status.state === 'succeeded' ? (status.result?.facts ?? {}) : {});

describe('a build with checkpoints', () => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny', 'registry');
    if (reason !== null) skip(reason);
    fixture = await openBuilds();
    fixture.write('data.txt', 'hello');
  });
  afterEach(() => fixture.dispose());

  it('makes the image that a build without them makes, and begins anew where something changed', async () => {
    const base = `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n`;
    const definition = fixture.write('tool.def', definitionText(base));
    const image = join(fixture.library, 'tool.sif');
    const buildArguments = [{ name: 'who', value: 'me', isSecret: false }];
    await built(definition, { buildArguments, checkpoints: 'off' });
    expect(existsSync(join(fixture.folder, 'kept'))).toBe(false);
    const without = contentsOf(image);

    const planned = async () =>
      (await fixture.builds.plan(buildInput(definition, { buildArguments }))).checkpoints;
    expect(await planned()).toEqual([
      { name: 'first', line: 14, isKept: false, sizeBytes: null },
      { name: 'second', line: 17, isKept: false, sizeBytes: null },
    ]);
    const first = await built(definition, { buildArguments });
    expect(factsOf(first)).toMatchObject({ checkpointsReused: 0, checkpointsMade: 2, test: 'passed' });
    expect(contentsOf(image)).toEqual(without);
    expect(await planned()).toMatchObject([
      { isKept: true },
      { isKept: true, sizeBytes: expect.any(Number) },
    ]);
    expect(kept()).toHaveLength(4);
    expect(readdirSync(fixture.temporary)).toEqual([]);

    // Late edits begin late, and the image is the same as without.
    const again = await built(definition, { buildArguments });
    expect(factsOf(again)).toMatchObject({ checkpointsReused: 2, fromCheckpoint: 'second' });
    expect((await fixture.log(again)).join('\n')).toContain(
      'Goes on from the checkpoint “second” (line 17).',
    );
    expect(contentsOf(image)).toEqual(without);
    const late = await built(definition, { buildArguments: [{ name: 'who', value: 'us', isSecret: false }] });
    expect(factsOf(late)).toMatchObject({ checkpointsReused: 2 });
    expect(execFileSync('apptainer', ['run', image], { encoding: 'utf8' })).toBe('us\n');

    // What is above changes what is below: the text, a file, the time.
    fixture.write('tool.def', definitionText(base).replace('>/two', '>/two2').replace('/two\n', '/two2\n'));
    expect(factsOf(await built(definition))).toMatchObject({ checkpointsReused: 1, checkpointsMade: 1 });
    fixture.write('data.txt', 'another');
    expect(factsOf(await built(definition, { noTest: true }))).toMatchObject({ checkpointsReused: 0 });
    expect(execFileSync('apptainer', ['exec', image, 'cat', '/two2'], { encoding: 'utf8' })).toBe('another');
    const inOneTime = await fixture.builds.plan(buildInput(definition, { sourceDateEpoch: 5 }));
    expect(inOneTime.checkpoints).toMatchObject([{ isKept: false }, { isKept: false }]);

    // Made as a folder it is the same; and a record that is built again has its checkpoints.
    const folder = await built(definition, {
      form: 'sandbox',
      checkpoints: 'anew',
      target: { hostId: first.hostId, folder: null, fileName: null },
    });
    expect(factsOf(folder)).toMatchObject({ checkpointsReused: 0, checkpointsMade: 2 });
    const sandbox = join(fixture.library, 'tool');
    const deffile = (path: string) =>
      execFileSync('apptainer', ['inspect', '--deffile', path], { encoding: 'utf8' });
    expect(deffile(sandbox)).toBe(deffile(image));
    expect(deffile(sandbox)).toContain(`From: ${bed.tiny.sif}`);
    execFileSync('/usr/bin/unshare', ['--map-root-user', '--map-auto', 'rm', '-rf', sandbox]);
    expect((await fixture.builds.detail(late.id)).options.checkpoints).toBe('use');

    const { checkpoints } = await fixture.builds.checkpoints(localHostId);
    expect(checkpoints.every(({ definitionName }) => definitionName === 'tool.def')).toBe(true);
    const one = checkpoints.slice(0, 1).map(({ key }) => key);
    const removed = await fixture.builds.removeCheckpoints(localHostId, {
      keys: one,
      olderThanDays: null,
      keepBytes: null,
    });
    expect(removed.map(({ key }) => key)).toEqual(one);
    await fixture.builds.removeCheckpoints(localHostId, { keys: [], olderThanDays: null, keepBytes: 0 });
    expect(kept()).toEqual([]);
  });

  it('asks a registry what the base is, and leads to the line that fails in a later part', async () => {
    const from = `${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    const base = `Bootstrap: docker\nFrom: ${from}\n`;
    const text = `${base}\n%post\n    echo one >/one\n    # checkpoint: one\n    cat /one\n    # checkpoint: two\n    cat /one\n`;
    const definition = fixture.write('net.def', text);
    const image = join(fixture.library, 'net.sif');
    await built(definition, { checkpoints: 'off' });
    const without = contentsOf(image);
    const first = await built(definition);
    expect(factsOf(first)).toMatchObject({ checkpointsReused: 0 });
    // Neither unpacked nor copied for the second part.
    expect(await fixture.log(first)).toContain('+ take-kept-tree');
    expect(contentsOf(image)).toEqual(without);
    // What the registry said of the base is in the image of a part that began with a tree, too.
    expect(factsOf(await built(definition))).toMatchObject({ checkpointsReused: 2 });
    expect(contentsOf(image)).toEqual(without);

    const whole = readFileSync(image);
    fixture.write('net.def', `${text}    echo one >/one\n    cat /none\n`);
    const failed = await fixture.run(buildInput(definition, { overwrite: true }));
    expect(failed.status).toMatchObject({
      state: 'failed',
      error: { code: 'build.failed', data: { line: 11, command: 'cat /none' } },
    });
    expect(readFileSync(image).equals(whole)).toBe(true);
    expect(readdirSync(fixture.temporary)).toEqual([]);
    expect(kept()).toHaveLength(4);
  });
});

describe('a build with checkpoints killed with SIGKILL', () => {
  it('leaves whole checkpoints and nothing else', async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny');
    if (reason !== null) skip(reason);
    const bundle = mkdtempSync(join(tmpdir(), 'build-bundle-'));
    try {
      const program = await bundleProgram(new URL('./builder.fixture.ts', import.meta.url), bundle);
      // As the tree of the first part waits for the second; while the second checkpoint is packed; in the last part.
      await Promise.all(
        (
          [
            ['0.36', 1],
            ['0.55', 1],
            ['0.75', 2],
          ] as const
        ).map(([fraction, whole]) => killedAt(program, fraction, whole)),
      );
    } finally {
      rmSync(bundle, { recursive: true, force: true });
    }
  });
});

async function killedAt(program: string, fraction: string, whole: number): Promise<void> {
  const killed = await openBuilds();
  try {
    const step = (name: string) => `    mkdir -m 700 /${name} && chown 7:7 /${name}\n`;
    const definition = killed.write(
      'made.def',
      `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n\n%post\n${step('a')}    # checkpoint: a\n${step('b')}    # checkpoint: b\n${step('c')}`,
    );
    const started = (...words: readonly string[]) =>
      spawn(process.execPath, [program, killed.folder, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [, signal] = (await once(started(definition, fraction), 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    await vi.waitFor(
      () =>
        expect(
          execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
            .split('\n')
            .filter((line) => line.includes(killed.folder) && !/^\s*\d+ Z/.test(line)),
        ).toEqual([]),
      { timeout: 20_000, interval: 50 },
    );
    await once(started(), 'exit');
    expect(readdirSync(killed.library)).toEqual([]);
    expect(readdirSync(killed.temporary)).toEqual([]);
    const left = readdirSync(join(killed.folder, 'kept')).filter((name) => name.endsWith('.sif'));
    expect(left).toHaveLength(whole);
    expect(left.filter((name) => !/^[0-9a-f]{64}\.sif$/.test(name))).toEqual([]);
    const { checkpoints } = await killed.builds.checkpoints(localHostId);
    expect(checkpoints).toHaveLength(whole);
    const task = await killed.run(buildInput(definition));
    expect(task.status).toMatchObject({
      state: 'succeeded',
      result: { facts: { checkpointsReused: whole } },
    });
  } finally {
    await killed.dispose();
  }
}
