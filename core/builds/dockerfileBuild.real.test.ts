import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import type { Task } from '#core/contract/tasks.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, openBuilds } from './builds.fixture.ts';

const bed = testbed();
const from = `FROM ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
const hasPodman = spawnSync('podman', ['--version']).status === 0;

let fixture: BuildsFixture;

async function explained(task: Task): Promise<string> {
  return `${JSON.stringify(task.status)}\n${(await fixture.log(task)).join('\n')}`;
}
function nothingIsLeft(): void {
  expect(readdirSync(fixture.library)).toEqual([]);
  expect(readdirSync(fixture.temporary)).toEqual([]);
}

describe('a build of a Dockerfile', () => {
  beforeEach(async ({ skip }) => {
    const reason =
      whyMissing('apptainer', 'tiny', 'registry') ?? (hasPodman ? null : 'podman is not installed');
    if (reason !== null) skip(reason);
    fixture = await openBuilds();
  });
  afterEach(() => fixture.dispose());

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
    const before = existsSync(storage) ? statSync(storage).mtimeMs : null;
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'tool.sif');
    expect(execFileSync('apptainer', ['run', image], { encoding: 'utf8' })).toBe(
      'hello\nfor the lab\ngreen\nignored\n',
    );
    expect(readdirSync(fixture.library)).toEqual(['tool.sif']);
    expect(readdirSync(fixture.temporary)).toEqual([]);
    expect(existsSync(storage) ? statSync(storage).mtimeMs : null).toBe(before);
    const log = (await fixture.log(task)).join('\n');
    expect(log).toContain('STEP');
    expect(log).not.toContain('hunter2');
    const record = await fixture.builds.detail(task.id);
    expect(record.definition.text).toBe(readFileSync(file, 'utf8'));
    expect(record.phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['bootstrap', 'post', 'squashfs', 'sif']),
    );
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
    await fixture.builds.removeLeftovers();
    nothingIsLeft();
  });
});
