import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import type { Task } from '#core/contract/tasks.ts';
import { isKeeper, type RunningProcess, runningProcesses } from '#core/runningProcesses.fixture.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, openBuilds } from './builds.fixture.ts';

const bed = testbed();
const from = `FROM ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
const isThere = (engine: string) => spawnSync(engine, ['--version']).status === 0;

let fixture: BuildsFixture;
let programs: string | null = null;
/** Marks of what ran before. */
let before: ReadonlySet<string>;

async function explained(task: Task): Promise<string> {
  return `${JSON.stringify(task.status)}\n${(await fixture.log(task)).join('\n')}`;
}
function nothingIsLeft(): void {
  expect(readdirSync(fixture.library)).toEqual([]);
  expect(readdirSync(fixture.temporary)).toEqual([]);
  expect(processesLeft()).toEqual([]);
}

/** What the builds of this test left running. */
function processesLeft(): readonly string[] {
  const worker = `VITEST_POOL_ID=${process.env['VITEST_POOL_ID'] ?? ''}`;
  const isOfAnother = ({ environment }: RunningProcess) =>
    environment.some(
      (one) =>
        (one.startsWith('VITEST_POOL_ID=') && one !== worker) ||
        (one.startsWith('HOME=') && one !== `HOME=${homedir()}`),
    );
  const namesFolder = ({ words, environment }: RunningProcess) =>
    [...words, ...environment].some((one) => one.includes(fixture.folder));
  return runningProcesses()
    .filter((one) => !before.has(one.mark))
    .filter((one) => namesFolder(one) || (isKeeper(one) && !isOfAnother(one)))
    .map(({ mark, name, words }) => `${mark} ${name}: ${words.join(' ')}`);
}

describe('a build of a Dockerfile', () => {
  beforeEach(async ({ skip }) => {
    const reason =
      whyMissing('apptainer', 'tiny', 'registry') ?? (isThere('podman') ? null : 'podman is not installed');
    if (reason !== null) skip(reason);
    before = new Set(runningProcesses().map(({ mark }) => mark));
    fixture = await openBuilds();
  });
  afterEach(async () => {
    await fixture.dispose();
    if (programs !== null) rmSync(programs, { recursive: true });
    programs = null;
  });

  it('makes an image that runs, of its folder and with its arguments, and leaves nothing else', async () => {
    fixture.write('tool/data.txt', 'hello\n');
    fixture.write('tool/secret.txt', 'not for the image');
    fixture.write('tool/.dockerignore', 'secret.txt\n');
    const file = fixture.write(
      'tool/Dockerfile',
      `# a tool\n${from} AS base\nARG WHO=nobody\nARG TOKEN\nENV COLOUR=green\nRUN echo "for $WHO" >/who && \\\n    test "$TOKEN" = hunter2hunter2\n\nFROM base\nCOPY . /opt/\nCOPY --from=base /who /opt/who\nRUN chown 7:7 /opt/who\nENTRYPOINT ["/bin/sh", "-c", "cat /opt/data.txt /opt/who; echo $COLOUR; test -e /opt/secret.txt || echo ignored"]\n`,
    );
    const input = buildInput(file, {
      buildArguments: [
        { name: 'WHO', value: 'the lab', isSecret: false },
        { name: 'TOKEN', value: 'hunter2hunter2', isSecret: true },
      ],
    });
    const plan = await fixture.builds.plan(input);
    expect(plan).toMatchObject({
      way: { canBuild: true, canSudo: false },
      target: join(fixture.library, 'tool.sif'),
    });
    expect(plan.byHand).toMatch(
      /^podman build .* --build-arg TOKEN=•+ .*podman save .*apptainer build .*oci-archive:/,
    );
    const storage = join(homedir(), '.local/share/containers/storage');
    const storedAt = existsSync(storage) ? statSync(storage).mtimeMs : null;
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'tool.sif');
    expect(execFileSync('apptainer', ['run', image], { encoding: 'utf8' })).toBe(
      'hello\nfor the lab\ngreen\nignored\n',
    );
    expect(readdirSync(fixture.library)).toEqual(['tool.sif']);
    expect(readdirSync(fixture.temporary)).toEqual([]);
    expect(existsSync(storage) ? statSync(storage).mtimeMs : null).toBe(storedAt);
    expect(processesLeft()).toEqual([]);
    const log = (await fixture.log(task)).join('\n');
    expect(log).toContain('STEP');
    expect(log).not.toContain('hunter2');
    const record = await fixture.builds.detail(task.id);
    expect(record.definition.text).toBe(readFileSync(file, 'utf8'));
    expect(record.phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['bootstrap', 'post', 'squashfs', 'sif']),
    );
  });

  it('is done by buildah where podman is not', async ({ skip }) => {
    if (!isThere('buildah')) skip('buildah is not installed');
    await fixture.dispose();
    programs = withoutPodman();
    fixture = await openBuilds({ path: programs });
    fixture.write('tool/data.txt', 'hello\n');
    const text = `${from}\nARG WHO\nARG TOKEN\nCOPY data.txt /opt/\nRUN test "$TOKEN" = hunter2hunter2 && echo "for $WHO" >/who && chown 7:7 /who\nENTRYPOINT ["/bin/sh", "-c", "cat /opt/data.txt /who"]\n`;
    const file = fixture.write('tool/Dockerfile', text);
    const input = buildInput(file, {
      buildArguments: [
        { name: 'WHO', value: 'the lab', isSecret: false },
        { name: 'TOKEN', value: 'hunter2hunter2', isSecret: true },
      ],
    });
    expect((await fixture.builds.plan(input)).byHand).toMatch(/^buildah build .*&& buildah push built /);
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'tool.sif');
    expect(execFileSync('apptainer', ['run', image], { encoding: 'utf8' })).toBe('hello\nfor the lab\n');
    expect((await fixture.log(task)).join('\n')).not.toContain('hunter2');
    rmSync(image);
    fixture.write('tool/Dockerfile', `${from}\nRUN true\nRUN echo above && exit 3\n`);
    const failed = await fixture.run(input);
    expect(failed.status, await explained(failed)).toMatchObject({
      error: { code: 'build.failed', data: { line: 3, outputTail: expect.stringContaining('above') } },
    });
    nothingIsLeft();
  });

  it('leads to the line of what failed, and leaves nothing', async () => {
    const failed = async (text: string) => {
      const task = await fixture.run(buildInput(fixture.write('bad/Dockerfile', text)));
      return task.status.state === 'failed' ? task.status.error : task.status;
    };
    expect(
      await failed(`# one\n\n${from}\nRUN true\nRUN echo above && \\\n    exit 3\nRUN true\n`),
    ).toMatchObject({
      code: 'build.failed',
      data: { line: 5, outputTail: expect.stringContaining('above') },
    });
    expect(await failed(`${from}\n\nFOO bar\n`)).toMatchObject({
      code: 'build.definition',
      data: { line: 3 },
    });
    nothingIsLeft();
  });

  it('cancelled in RUN ends, and leaves nothing', async () => {
    const file = fixture.write('long/Dockerfile', `${from}\nRUN echo waiting && sleep 4721\n`);
    const id = await fixture.tasks.start('image.build', buildInput(file));
    for await (const { lines } of fixture.tasks.watchLog(id, 0))
      if (lines.some(({ text }) => text === 'waiting')) break;
    await fixture.tasks.cancel(id);
    expect((await fixture.tasks.ended(id)).status.state).toBe('cancelled');
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain('sleep 4721');
    nothingIsLeft();
  });

  it('killed with the workbench leaves no process, and nothing to the next start', async () => {
    const file = fixture.write(
      'long/Dockerfile',
      `${from}\nRUN mkdir /own && chown 7:7 /own && sleep 4722\n`,
    );
    const bundle = mkdtempSync(join(tmpdir(), 'build-bundle-'));
    try {
      const program = await bundleProgram(new URL('./builder.fixture.ts', import.meta.url), bundle);
      const words = [program, fixture.folder, file, '0.25']; // where the bar stands in RUN
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    } finally {
      rmSync(bundle, { recursive: true, force: true });
    }
    const ours = () =>
      execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => !line.startsWith('Z') && (line.includes('4722') || line.includes(fixture.folder)));
    await vi.waitFor(() => expect(ours()).toEqual([]), { timeout: 20_000, interval: 50 });
    const held = runningProcesses().filter(({ environment }) =>
      environment.some((one) => one.includes(fixture.folder)),
    );
    expect(held.filter((one) => !isKeeper(one))).toEqual([]);
    await fixture.builds.removeLeftovers();
    nothingIsLeft();
  });
});

/** A folder with every program of this machine but podman. */
function withoutPodman(): string {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  const names = new Set(['podman']);
  for (const place of (process.env['PATH'] ?? '').split(':').filter(existsSync))
    for (const name of readdirSync(place)) {
      if (names.has(name)) continue;
      names.add(name);
      symlinkSync(join(place, name), join(folder, name));
    }
  return folder;
}
