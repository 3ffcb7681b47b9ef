import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import {
  type BuildsFixture,
  buildInput,
  clusterId,
  configOf,
  openBuilds,
  thirdId,
} from './builds.fixture.ts';
import {
  clusterOf,
  cutLine,
  explainedTask,
  insideThere,
  jobsThere,
  namesThere,
  restoreLine,
  untilLogged,
  untilTask,
} from './clusterLine.fixture.ts';

const bed = testbed();
const base = `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n`;

let fixture: BuildsFixture;

const cluster = () => clusterOf(fixture);
const inside = insideThere;
const names = () => namesThere(fixture);
const jobs = (id: TaskId) => jobsThere(fixture, id);
const there = { hostId: clusterId, target: { hostId: clusterId, folder: null, fileName: null } };

const explained = (task: Task) => explainedTask(fixture, task);

/** A definition whose %post waits until a file is there, on the host that builds: its /tmp is seen in %post. */
function waiting(): { readonly definition: string; readonly flag: string } {
  const flag = `/tmp/${basename(fixture.folder)}.go`;
  const script = `    echo waiting\n    until test -e '${flag}'; do sleep 0.1; done\n    rm '${flag}'\n    echo went\n`;
  return { definition: fixture.write('wait.def', `${base}\n%post\n${script}`), flag };
}

describe('a build on an ssh host', () => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny', 'ssh');
    if (reason !== null) skip(reason);
    fixture = await openBuilds({ withCluster: true, withThird: true });
  });
  afterEach(async () => {
    if (existsSync(`${configOf(fixture.folder)}.away`)) await restoreLine(fixture); // a test that failed in between
    const state = createDetachedJobs(cluster().host);
    for (const { id } of await fixture.builds.history()) {
      const job = await state.find(id);
      await job?.cancel();
      await job?.remove();
    }
    await fixture.dispose();
  });

  it('sends exactly what it needs, and the image comes back proved', async () => {
    fixture.write('data/one.txt', 'one');
    fixture.write('data/two words.txt', 'two');
    fixture.write('data/other.md', 'no');
    writeFileSync(join(fixture.work, 'big.bin'), Buffer.alloc(700_000, 7), { mode: 0o755 });
    const outside = join(fixture.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'far.txt'), 'far');
    const definition = fixture.write(
      'sub/tool.def',
      `${base}\n%files\n    ../data/*.txt /opt/\n    here.txt\n    ${outside}/far.txt /opt/far.txt\n    ${outside}\n    ../big.bin /opt/big.bin\n\n%post\n    test "{{ token }}" = hunter2hunter2\n    ls /opt\n`,
    );
    fixture.write('sub/here.txt', 'here');
    const input = buildInput(definition, {
      hostId: clusterId,
      buildArguments: [{ name: 'token', value: 'hunter2hunter2', isSecret: true }],
    });
    const plan = await fixture.builds.plan(input);
    expect(plan.sentBytes).toBeGreaterThan(1_700_000);
    expect(plan.files.map(({ line, kind, count }) => [line, kind, count])).toEqual([
      [2, 'file', 1],
      [5, 'file', 2],
      [6, 'file', 1],
      [7, 'file', 1],
      [8, 'folder', 1],
      [9, 'file', 1],
    ]);
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'tool.sif');
    const said = execFileSync(
      'apptainer',
      [
        'exec',
        image,
        'sh',
        '-c',
        `cat /opt/one.txt "/opt/two words.txt" /opt/far.txt /here.txt '${outside}/far.txt' here.txt 2>/dev/null; test -x /opt/big.bin && wc -c </opt/big.bin`,
      ],
      { encoding: 'utf8', cwd: '/' },
    );
    expect(said.replaceAll('here', '')).toBe('onetwofarfar700000\n');
    const record = await fixture.builds.detail(task.id);
    expect(record.digest).toBe(`sha256:${createHash('sha256').update(readFileSync(image)).digest('hex')}`);
    expect(record.phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['send', 'bootstrap', 'files', 'post', 'squashfs', 'sif', 'receive']),
    );
    expect((await fixture.log(task)).join('\n')).not.toContain('hunter2');
    expect(readdirSync(fixture.library)).toEqual(['tool.sif']);
    expect(await names()).toEqual([]);
    expect(await jobs(task.id)).toEqual([]);
  });

  it('takes files from a third place, and those of its own machine as they lie', async () => {
    const third = fixture.third ?? cluster();
    await third.say(
      `cd '${third.folder}' && echo far >'small one.txt' && mkdir tree && head -c 900000 /dev/zero >tree/big && chmod 755 tree/big`,
    );
    const own = joinPath(cluster().folder, hostPathFromText('own'));
    await cluster().say(`mkdir '${own}' && cd '${own}' && echo own >'lies here.txt'`);
    const files = 'here.txt /opt/\n    data/small.txt /opt/\n    data/tree /opt/tree\n    lies.txt /opt/';
    const text = `${base}\n%files\n    ${files}\n\n%post\n    cat /opt/here.txt /opt/small.txt /opt/lies.txt >/all\n    test -x /opt/tree/big\n    wc -c </opt/tree/big >>/all\n`;
    const definition = fixture.write('third.def', text);
    fixture.write('here.txt', 'here\n');
    const elsewhere = [
      { source: 'data/small.txt', hostId: thirdId, path: inside(third, 'small one.txt') },
      { source: 'data/tree', hostId: thirdId, path: inside(third, 'tree') },
      { source: 'lies.txt', hostId: clusterId, path: joinPath(own, hostPathFromText('lies here.txt')) },
    ];
    const saidOf = (name: string) =>
      execFileSync('apptainer', ['exec', join(fixture.library, name), 'cat', '/all'], { encoding: 'utf8' });
    for (const [hostId, sent] of [
      [clusterId, [bed.tiny.sif, 'here.txt', 'data/small.txt', 'data/tree']],
      [localHostId, ['data/small.txt', 'data/tree', 'lies.txt']],
    ] as const) {
      const input = buildInput(definition, { hostId, elsewhere, overwrite: true });
      const plan = await fixture.builds.plan(input);
      expect(plan.files.filter(({ isSent }) => isSent).map(({ source }) => source)).toEqual(sent);
      expect(plan.sentBytes).toBeGreaterThan(900_000);
      const task = await fixture.run(input);
      expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
      expect(saidOf('third.sif')).toBe('here\nfar\nown\n900000\n');
    }
    expect(readdirSync(fixture.temporary)).toEqual([]);

    // A definition of that host is built there beside its files, where they lie.
    await cluster().say(`cd '${own}' && mkdir data && echo here >here.txt && cp 'lies here.txt' lies.txt`);
    const there = joinPath(own, hostPathFromText('own.def'));
    await cluster().host.files.write(there, text);
    const input = buildInput('', {
      definition: { kind: 'file', hostId: clusterId, path: there },
      hostId: clusterId,
      elsewhere: [
        ...elsewhere.slice(0, 2),
        { source: bed.tiny.sif, hostId: localHostId, path: hostPathFromText(bed.tiny.sif) },
      ],
    });
    expect((await fixture.builds.plan(input)).files.map(({ isSent }) => isSent)).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    expect(saidOf('own.sif')).toBe('here\nfar\nown\n900000\n');
    expect(await names()).toEqual(['own']);
    expect(await cluster().say(`cd '${own}' && ls | tr '\\n' ' '`)).toBe(
      'data here.txt lies here.txt lies.txt own.def ',
    );
  });

  it('or stays there, as a sandbox too; a failure is led to its line', async () => {
    const good = fixture.write('good.def', `${base}\n%post\n    echo made >/made\n    chown 7:7 /made\n`);
    const task = await fixture.run(buildInput(good, there));
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    expect(await names()).toEqual(['good.sif']);
    const path = joinPath(cluster().folder, hostPathFromText('good.sif'));
    expect(await fixture.builds.howMade(clusterId, path)).toMatchObject({ build: { id: task.id } });
    const box = await fixture.run(buildInput(good, { ...there, form: 'sandbox' }));
    expect(box.status, await explained(box)).toMatchObject({ state: 'succeeded' });
    expect(await cluster().say(`apptainer exec '${cluster().folder}/good' cat /made`)).toBe('made\n');
    await cluster().say(`unshare --map-root-user --map-auto rm -rf '${cluster().folder}/good'`);

    const bad = fixture.write('bad.def', `${base}\n%post\n    chown 7:7 /opt\n    cat /nothing\n`);
    const failed = await fixture.run(buildInput(bad, there));
    expect(failed.status, await explained(failed)).toMatchObject({
      state: 'failed',
      error: { code: 'build.failed', hostId: 'cluster', data: { line: 6, command: 'cat /nothing' } },
    });
    expect(await names()).toEqual(['good.sif']);
    expect(await jobs(failed.id)).toEqual([]);
  });

  it('goes on when the line is cut, and is adopted when it is back', async () => {
    const { definition, flag } = waiting();
    const id = await fixture.tasks.start('image.build', buildInput(definition, { hostId: clusterId }));
    await untilLogged(fixture, id, 'waiting');
    cutLine(fixture);
    const cutTask = await untilTask(fixture, id, ({ status }) => status.state === 'detached');
    expect(cutTask.status.state, JSON.stringify(cutTask.status)).toBe('detached');
    await restoreLine(fixture);
    expect(await jobs(id)).toMatchObject([{ state: 'running' }]);
    await fixture.tasks.resume(clusterId);
    await cluster().say(`touch '${flag}'`);
    const task = await fixture.tasks.ended(id);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const log = await fixture.log(task);
    for (const line of ['waiting', 'went']) expect(log.filter((text) => text === line)).toHaveLength(1);
    const { phases } = await fixture.builds.detail(id);
    expect(phases.filter(({ phase }) => phase === 'post')).toHaveLength(1);
    expect(readdirSync(fixture.library)).toEqual(['wait.sif']);
    expect(await names()).toEqual([]);
    expect(await jobs(id)).toEqual([]);
  });

  it('is adopted by the next workbench when this one is killed, and can be cancelled then', async () => {
    const program = await bundleProgram(
      new URL('./builder.fixture.ts', import.meta.url),
      join(fixture.folder, 'bundle'),
    );
    const { definition } = waiting();
    const child = spawn(process.execPath, [program, fixture.folder, definition, 'there', cluster().folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'exit');
    let said = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      said += chunk;
      if (said.includes('waiting\n')) child.kill('SIGKILL');
    }
    await gone;
    const id = taskIdSchema.parse(said.split('\n')[0]);
    const { folder } = fixture;
    const kept = cluster().folder;
    await fixture.tasks.dispose();
    await cluster().connection.disconnect();
    await fixture.third?.host.files.remove(fixture.third.folder);
    await fixture.third?.connection.disconnect();
    fixture = await openBuilds({ folder, withCluster: true, there: kept });
    expect(fixture.tasks.get(id)).toMatchObject({ status: { state: 'detached' } });
    expect(await jobs(id)).toMatchObject([{ state: 'running' }]);
    await fixture.tasks.cancel(id);
    expect(fixture.tasks.get(id)?.status.state).toBe('cancelled');
    expect(await names()).toEqual([]);
    expect(await jobs(id)).toEqual([]);
    expect(readdirSync(fixture.library)).toEqual([]);
  });
});
