import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, clusterId, configOf, openBuilds } from './builds.fixture.ts';
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
const from = `FROM ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
const buildArguments = [
  { name: 'WHO', value: 'the lab', isSecret: false },
  { name: 'TOKEN', value: "hunter2'hunter2", isSecret: true },
];

const isThere = (engine: string) => spawnSync(engine, ['--version']).status === 0;

let fixture: BuildsFixture;
/** Folders of engines that were there before, of other tests. */
let before: string;

const engineFolders = () => clusterOf(fixture).say('ls -d /tmp/.ms-* 2>/dev/null || :');
/** Processes of engines on the host, but those that the listing itself is. */
const engineProcesses = (line: string) =>
  clusterOf(fixture).say(
    `for one in /proc/[0-9]*/environ; do tr '\\0' '\\n' <"$one" 2>/dev/null | grep -q '^MYSINGULARITY_ENGINE_FOLDER=' && tr '\\0' ' ' <"\${one%environ}cmdline" | grep -F '${line}'; done; :`,
  );
const explained = (task: Task) => explainedTask(fixture, task);

async function nothingIsLeft(id: Task['id'], wanted: readonly string[] = []): Promise<void> {
  expect(readdirSync(fixture.library)).toEqual(wanted);
  expect(readdirSync(fixture.temporary)).toEqual([]);
  expect(await namesThere(fixture)).toEqual([]);
  expect(await jobsThere(fixture, id)).toEqual([]);
  expect(await engineFolders()).toBe(before);
  expect(await engineProcesses(clusterOf(fixture).folder)).toBe('');
}

describe('a Dockerfile on an ssh host', () => {
  beforeEach(async ({ skip }) => {
    const reason =
      whyMissing('apptainer', 'tiny', 'registry', 'ssh') ??
      (isThere('podman') ? null : 'podman is not installed');
    if (reason !== null) skip(reason);
    fixture = await openBuilds({ withCluster: true });
    before = await engineFolders();
  });
  afterEach(async () => {
    if (existsSync(`${configOf(fixture.folder)}.away`)) await restoreLine(fixture); // a test that failed in between
    const jobs = createDetachedJobs(clusterOf(fixture).host);
    for (const { id } of await fixture.builds.history()) {
      const job = await jobs.find(id);
      await job?.cancel();
      await job?.remove();
    }
    await fixture.dispose();
  });

  it('is built there of its folder, goes on when the line is cut, and comes back', async () => {
    const flag = `${clusterOf(fixture).folder}/go`;
    fixture.write('tool/data.txt', 'hello\n');
    fixture.write('tool/raw/big.txt', 'not for the image');
    fixture.write('tool/.dockerignore', 'raw\n');
    mkdirSync(join(fixture.work, 'tool/bin'));
    writeFileSync(join(fixture.work, 'tool/bin/run'), '#!/bin/sh\ncat /opt/same.txt /opt/who\n', {
      mode: 0o755,
    });
    symlinkSync('data.txt', join(fixture.work, 'tool/same.txt'));
    symlinkSync('/etc/passwd', join(fixture.work, 'tool/away'));
    const file = fixture.write(
      'tool/Dockerfile',
      `${from}\nARG WHO\nARG TOKEN\nCOPY . /opt/\nRUN test "$TOKEN" = "hunter2'hunter2" && test -L /opt/same.txt && test -L /opt/away && test ! -e /opt/raw && echo "for $WHO" >/opt/who && chown 7:7 /opt/who\nRUN echo waiting && until test -e '/go/go'; do sleep 0.1; done; echo went\nENTRYPOINT ["/opt/bin/run"]\n`,
    );
    const input = buildInput(file, {
      hostId: clusterId,
      buildArguments,
      binds: [`${clusterOf(fixture).folder}:/go`],
    });
    const plan = await fixture.builds.plan(input);
    expect(plan.way).toMatchObject({
      canBuild: true,
      sentence: expect.stringContaining('podman on cluster'),
    });
    expect(plan.means).toContain('are sent there before. It goes on when the line is cut.');
    expect(plan.files).toMatchObject([{ source: '.', line: 4, kind: 'folder', count: 4, isSent: true }]);

    const id = await fixture.tasks.start('image.build', input);
    await untilLogged(fixture, id, 'waiting');
    expect(await engineProcesses(clusterOf(fixture).folder)).not.toBe('');
    cutLine(fixture);
    const cut = await untilTask(fixture, id, ({ status }) => status.state === 'detached');
    expect(cut.status.state, JSON.stringify(cut.status)).toBe('detached');
    await restoreLine(fixture);
    await fixture.tasks.resume(clusterId);
    await clusterOf(fixture).say(`touch '${flag}'`);
    const task = await fixture.tasks.ended(id);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    await clusterOf(fixture).say(`rm '${flag}'`);
    await nothingIsLeft(id, ['tool.sif']);
    const image = join(fixture.library, 'tool.sif');
    expect(execFileSync('apptainer', ['run', image], { encoding: 'utf8' })).toBe('hello\nfor the lab\n');
    const log = await fixture.log(task);
    for (const line of ['waiting', 'went']) expect(log.filter((text) => text === line)).toHaveLength(1);
    expect(log.join('\n')).not.toContain('hunter2');
    const { phases } = await fixture.builds.detail(id);
    expect(phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['send', 'bootstrap', 'post', 'squashfs', 'sif', 'receive']),
    );
  });

  it('leads to the line of what failed, and leaves nothing', async () => {
    const file = fixture.write('bad/Dockerfile', `${from}\n\nRUN echo above && exit 3\n`);
    const failed = await fixture.run(buildInput(file, { hostId: clusterId }));
    expect(failed.status, await explained(failed)).toMatchObject({
      error: {
        code: 'build.failed',
        hostId: 'cluster',
        data: { line: 3, outputTail: expect.stringContaining('above') },
      },
    });
    await nothingIsLeft(failed.id);
  });

  it('of that host is built there beside its files, is cancelled, or is built here', async () => {
    const { host, say } = clusterOf(fixture);
    const own = insideThere(clusterOf(fixture), 'own');
    await say(`mkdir '${own}' && cd '${own}' && echo far >a.txt && ln -s a.txt b.txt`);
    const path = insideThere(clusterOf(fixture), 'own/Dockerfile');
    const write = (text: string) => host.files.write(path, new TextEncoder().encode(`${from}\n${text}`));
    const definition = { kind: 'file' as const, hostId: clusterId, path };
    const target = { hostId: clusterId, folder: null, fileName: null };

    await write('COPY . /opt/\nRUN mkdir /own && chown 7:7 /own && cat /opt/b.txt && sleep 4731\n');
    const there = buildInput('', { definition, hostId: clusterId, target });
    expect(await fixture.builds.plan(there)).toMatchObject({ files: [], sentBytes: 0 });
    const id = await fixture.tasks.start('image.build', there);
    await untilLogged(fixture, id, 'far');
    await fixture.tasks.cancel(id);
    expect((await fixture.tasks.ended(id)).status.state).toBe('cancelled');
    expect(await say("ps -eo args | grep '[s]leep 4731'; :")).toBe('');
    expect(await namesThere(fixture)).toEqual(['own']);

    await write('COPY . /opt/\nENTRYPOINT ["cat", "/opt/b.txt"]\n');
    const here = buildInput('', { definition, hostId: localHostId });
    expect(await fixture.builds.plan(here)).toMatchObject({ files: [{ count: 2, isSent: true }] });
    const task = await fixture.run(here);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'own.sif');
    expect(execFileSync('apptainer', ['run', image], { encoding: 'utf8' })).toBe('far\n');
    await say(`rm -r '${own}'`);
    await nothingIsLeft(id, ['own.sif']);
  });
});
