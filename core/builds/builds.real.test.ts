import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, openBuilds } from './builds.fixture.ts';

const bed = testbed();
const base = `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n`;
const exec = (image: string, ...words: readonly string[]) =>
  execFileSync('apptainer', ['exec', image, ...words], { encoding: 'utf8' });

let fixture: BuildsFixture;
const temporary = () => readdirSync(fixture.temporary);
const library = () => readdirSync(fixture.library);

async function explained(task: Task): Promise<string> {
  return `${JSON.stringify(task.status)}\n${(await fixture.log(task)).join('\n')}`;
}

describe('a build on this machine', () => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny');
    if (reason !== null) skip(reason);
    fixture = await openBuilds();
  });
  afterEach(() => fixture.dispose());

  it('makes the image, keeps how, and leaves nothing else', async () => {
    fixture.write('data.txt', 'hello');
    fixture.write('tree/a', 'a');
    const definition = fixture.write(
      'tool.def',
      `${base}\n%arguments\n    who=nobody\n\n%files\n    data.txt /opt/data.txt\n    tree /opt/\n\n%post\n    echo "for {{ who }}" >/opt/who\n    echo "{{ token }}"\n\n%test\n    test -f /opt/data.txt\n`,
    );
    const input = buildInput(definition, {
      buildArguments: [
        { name: 'who', value: 'the lab = all', isSecret: false },
        { name: 'token', value: 'hunter2hunter2', isSecret: true },
      ],
    });
    const plan = await fixture.builds.plan(input);
    expect(plan).toMatchObject({
      exists: null,
      way: { mode: 'subuid', canBuild: true, isFromDocumentation: false },
      files: [
        { kind: 'file', line: 2 },
        { source: 'data.txt', kind: 'file', sizeBytes: 5, line: 8 },
        { source: 'tree', kind: 'folder', count: 1, line: 9 },
      ],
    });
    expect(plan.byHand).toContain('--build-arg token=••••••');
    expect(plan.warnings.join(' ')).toContain('whoever has the image can read them');
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({
      state: 'succeeded',
      result: { facts: { test: 'passed' } },
    });
    const image = join(fixture.library, 'tool.sif');
    expect(exec(image, 'cat', '/opt/who', '/opt/data.txt', '/opt/tree/a')).toBe('for the lab = all\nhelloa');
    expect(library()).toEqual(['tool.sif']);
    expect(temporary()).toEqual([]);

    const log = await fixture.log(task);
    expect(log).toContain('INFO: Running post scriptlet');
    expect(log.some((line) => line.startsWith('VERBOSE'))).toBe(false);
    expect(log.join('\n')).not.toContain('hunter2');
    const search = spawnSync('grep', ['-rq', '--exclude=*.sif', 'hunter2', fixture.folder]);
    expect(search.status).toBe(1); // looked everywhere, found nothing

    const record = await fixture.builds.detail(task.id);
    expect(record).toMatchObject({
      outcome: 'succeeded',
      test: 'passed',
      digest: `sha256:${createHash('sha256').update(readFileSync(image)).digest('hex')}`,
      definition: { text: readFileSync(definition, 'utf8') },
      options: { compression: 'gzip-6' },
    });
    expect(record.phases.map(({ phase }) => phase)).toEqual([
      'bootstrap',
      'files',
      'post',
      'test',
      'squashfs',
      'sif',
    ]);
    expect(record.buildArguments.find(({ name }) => name === 'token')?.value).toBeNull();
    expect(await fixture.builds.methods(task.id)).toMatch(
      /^The container image tool\.sif \(sha256:[0-9a-f]{64}\) was built for \w+ on .* with Apptainer 1\.\d+\.\d+\S* from the definition file tool\.def, based on .*tiny\.sif, with the build arguments who=the lab = all, token=not kept; its own test passed\.$/,
    );
    const target = hostPathFromText(image);
    expect(await fixture.builds.howMade(localHostId, target)).toMatchObject({
      build: { id: task.id },
      test: null,
    });
    await expect(fixture.builds.inputOf(task.id, { overwrite: true })).rejects.toMatchObject({
      report: { code: 'input.invalid' },
    });

    // The same name again is refused before anything is done, and replaced when that is wanted.
    expect((await fixture.run(input)).status).toMatchObject({
      state: 'failed',
      error: { code: 'image.targetExists' },
    });
    const test = { hostId: localHostId, path: target };
    const tested = await fixture.tasks.ended(await fixture.tasks.start('image.test', test));
    expect(tested.status.state).toBe('succeeded');
    expect(await fixture.builds.howMade(localHostId, target)).toMatchObject({ test: { outcome: 'passed' } });
    const again = await fixture.run({ ...input, overwrite: true, noTest: true, compression: 'zstd-3' });
    expect(again.status.state, await explained(again)).toBe('succeeded');
    expect((await fixture.builds.history()).map(({ id, test: one }) => [id, one])).toEqual([
      [again.id, 'skipped'],
      [task.id, 'passed'],
    ]);
    expect(await fixture.builds.howMade(localHostId, target)).toMatchObject({
      build: { id: again.id },
      test: null,
    });
  });

  it('is built again from its record, as a sandbox too', async () => {
    const definition = fixture.write(
      'box.def',
      `${base}\n%post\n    echo made >/made\n    chown 7:7 /made\n`,
    );
    const task = await fixture.run(buildInput(definition, { form: 'sandbox' }));
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    expect(exec(join(fixture.library, 'box'), 'cat', '/made')).toBe('made\n');
    expect(library()).toEqual(['box']);
    rmSync(definition);
    execFileSync('/usr/bin/unshare', [
      '--map-root-user',
      '--map-auto',
      'rm',
      '-rf',
      join(fixture.library, 'box'),
    ]);
    const again = await fixture.run(await fixture.builds.inputOf(task.id, { overwrite: false }));
    expect(again.status.state, await explained(again)).toBe('succeeded');
    expect(exec(join(fixture.library, 'box'), 'cat', '/made')).toBe('made\n');
    expect(temporary()).toEqual([]);
    execFileSync('/usr/bin/unshare', [
      '--map-root-user',
      '--map-auto',
      'rm',
      '-rf',
      join(fixture.library, 'box'),
    ]);
  });

  it('leads to the line of what failed, and leaves no image', async () => {
    const failed = async (text: string) => {
      const { status } = await fixture.run(buildInput(fixture.write('bad.def', text)));
      return status.state === 'failed' ? status.error : status;
    };
    expect(
      await failed(
        `${base}\n%post\n    mkdir /a\n    for i in 1 2; do\n        cd /a && cat "/no $i"\n    done\n`,
      ),
    ).toMatchObject({
      code: 'build.failed',
      title: 'The build stopped at line 7 of bad.def',
      data: {
        line: 7,
        column: 18,
        command: "cat '/no 1'",
        outputTail: expect.stringContaining("can't open '/no 1'"),
      },
    });
    expect(await failed('Bootstrap: localimage\nFrom: nothere.sif\n')).toMatchObject({
      code: 'build.definition',
      data: { line: 2 },
    });
    expect(await failed(`${base}\n%files\n    data.txt\n    nothere/*.txt /opt\n`)).toMatchObject({
      code: 'build.definition',
      data: { line: 5 },
    });
    expect(await failed(`${base}\n%test\n    exit 4\n`)).toMatchObject({
      code: 'build.testFailed',
      data: { line: 4, exitStatus: 4 },
    });
    expect(library()).toEqual([]);
    expect(temporary()).toEqual([]);
    expect((await fixture.builds.history()).map(({ outcome, test }) => [outcome, test])).toEqual([
      ['failed', 'failed'],
      ['failed', 'none'],
    ]);
  });

  it('takes the layers of a base from the store, with the network of %post as it is', async ({ skip }) => {
    const reason = whyMissing('registry');
    if (reason !== null) skip(reason);
    const from = `${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    const definition = fixture.write('net.def', `Bootstrap: docker\nFrom: ${from}\n\n%post\n    env >/env\n`);
    const input = buildInput(definition);
    expect((await fixture.builds.plan(input)).means).toContain('own store');
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'net.sif');
    expect(exec(image, 'cat', '/env')).not.toMatch(/proxy/i);
    const recorded = execFileSync('apptainer', ['inspect', '--deffile', image], { encoding: 'utf8' });
    expect(recorded.toLowerCase()).toContain(`from: ${from}`);
    expect(readdirSync(join(fixture.folder, 'layers', 'sha256')).length).toBeGreaterThan(0);
    expect(temporary()).toEqual([]);
  });

  it('cancelled in %post ends, and leaves nothing', async () => {
    const definition = fixture.write('long.def', `${base}\n%post\n    echo waiting\n    sleep 100\n`);
    const id = await fixture.tasks.start('image.build', buildInput(definition));
    for await (const { lines } of fixture.tasks.watchLog(id, 0))
      if (lines.some(({ text }) => text === 'waiting')) break;
    await fixture.tasks.cancel(id);
    expect((await fixture.tasks.ended(id)).status.state).toBe('cancelled');
    expect(library()).toEqual([]);
    expect(temporary()).toEqual([]);
    expect((await fixture.builds.detail(id)).outcome).toBe('cancelled');
  });
});

describe('a build killed with SIGKILL', () => {
  it('leaves no image, no processes, and nothing to the next start', async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny');
    if (reason !== null) skip(reason);
    const bundle = mkdtempSync(join(tmpdir(), 'build-bundle-'));
    try {
      const program = await bundleProgram(new URL('./builder.fixture.ts', import.meta.url), bundle);
      // Where the bar stands in bootstrap, in %post and in the squashfs; owners that only a namespace can remove.
      await Promise.all(['0.1', '0.25', '0.6'].map((fraction) => killedAt(program, fraction)));
    } finally {
      rmSync(bundle, { recursive: true, force: true });
    }
  });
});

async function killedAt(program: string, fraction: string): Promise<void> {
  const killed = await openBuilds();
  try {
    const definition = killed.write(
      'made.def',
      `${base}\n%post\n    mkdir -m 700 /owned && touch /owned/file && chown -R 7:7 /owned\n    sleep 0.5\n`,
    );
    const started = (...words: readonly string[]) =>
      spawn(process.execPath, [program, killed.folder, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [, signal] = (await once(started(definition, fraction), 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(existsSync(join(killed.library, 'made.sif'))).toBe(false);
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
    expect(await killed.builds.history()).toMatchObject([{ outcome: 'failed' }]);
  } finally {
    await killed.dispose();
  }
}
