import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { type TaskId, taskIdSchema } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { createDetachedJobs } from '#core/hosts/detachedJobs.ts';
import type { FakerootMode } from '#core/runtime/hostConditions.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, clusterId, configOf, openBuilds } from './builds.fixture.ts';
import {
  clusterOf,
  cutLine,
  explainedTask,
  jobsThere,
  namesThere,
  restoreLine,
  untilLogged,
  untilTask,
} from './clusterLine.fixture.ts';
import { checkpointDefinition, contentsOf } from './imageContents.fixture.ts';

const bed = testbed();
const keptFolder = '.mysingularity-checkpoints';

let fixture: BuildsFixture;
/** Of the runtime there. */
let mode: FakerootMode;
let runtimePath: HostPath | null;

const say = (line: string) => clusterOf(fixture).say(line);
const kept = async () =>
  (await say(`cd '${clusterOf(fixture).folder}/${keptFolder}' && ls -A`)).split('\n').slice(0, -1);
const inputOf = (definition: string, rest: Parameters<typeof buildInput>[1] = {}) =>
  buildInput(definition, { hostId: clusterId, overwrite: true, ...rest });
const factsOf = ({ status }: Task) => (status.state === 'succeeded' ? (status.result?.facts ?? {}) : {});

async function built(definition: string, rest: Parameters<typeof buildInput>[1] = {}): Promise<Task> {
  const task = await fixture.run(inputOf(definition, rest));
  expect(task.status, await explainedTask(fixture, task)).toMatchObject({ state: 'succeeded' });
  return task;
}

async function expectNothingLeft(id: TaskId): Promise<void> {
  expect(await namesThere(fixture)).toEqual([keptFolder]);
  expect(await jobsThere(fixture, id)).toEqual([]);
  expect((await kept()).filter((name) => !/^[0-9a-f]{64}\.(?:sif|json)$/.test(name))).toEqual([]);
}

describe('a build with checkpoints on an ssh host', () => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny', 'ssh', 'registry');
    if (reason !== null) skip(reason);
    mode = 'subuid';
    runtimePath = null;
    fixture = await openBuilds({
      withCluster: true,
      runtimeThere: ({ conditions, path, ...runtime }) => ({
        ...runtime,
        path: runtimePath ?? path,
        ...(conditions === undefined ? {} : { conditions: { ...conditions, fakeroot: mode } }),
      }),
    });
    fixture.write('data.txt', 'hello');
  });
  afterEach(async () => {
    if (existsSync(`${configOf(fixture.folder)}.away`)) await restoreLine(fixture); // a test that failed in between
    const state = createDetachedJobs(clusterOf(fixture).host);
    for (const { id } of await fixture.builds.history()) {
      const job = await state.find(id);
      await job?.cancel();
      await job?.remove();
    }
    await fixture.dispose();
  });

  it('makes the image that a build without them makes, and begins anew where something changed', async () => {
    const layout = ['blobs', 'index.json', 'oci-layout'];
    execFileSync('tar', ['-C', bed.tiny.ociLayout, '-cf', join(fixture.work, 'tiny.tar'), ...layout]);
    // What the runtime hands on from such a base is in the image of every part.
    const base = 'Bootstrap: oci-archive\nFrom: tiny.tar\n';
    const definition = fixture.write('tool.def', checkpointDefinition(base));
    const image = join(fixture.library, 'tool.sif');
    const buildArguments = [{ name: 'who', value: 'somebody', isSecret: true }];
    await built(definition, { buildArguments, checkpoints: 'off' });
    expect(await namesThere(fixture)).toEqual([]);
    const without = contentsOf(image);

    const first = await built(definition, { buildArguments });
    expect(factsOf(first)).toMatchObject({ checkpointsReused: 0, checkpointsMade: 2, test: 'passed' });
    expect(contentsOf(image)).toEqual(without);
    const log = await fixture.log(first);
    expect(log).toContain('+ take-kept-tree');
    expect(log.join('\n')).toContain('The checkpoint “first” (line 14) is kept.');
    expect(await kept()).toHaveLength(4);
    await expectNothingLeft(first.id);
    const plan = await fixture.builds.plan(inputOf(definition, { buildArguments }));
    expect(plan.checkpoints).toMatchObject([
      { name: 'first', line: 14, isKept: true },
      { name: 'second', line: 17, isKept: true, sizeBytes: expect.any(Number) },
    ]);
    expect(plan.sentBytes).toBe(0);
    expect(plan.means).toContain(`Checkpoints are kept there in ${clusterOf(fixture).folder}/${keptFolder}`);

    // A late edit begins late, and what stays there as a folder is the same.
    const again = await built(definition, { buildArguments });
    expect(factsOf(again)).toMatchObject({ checkpointsReused: 2, fromCheckpoint: 'second' });
    expect(contentsOf(image)).toEqual(without);
    fixture.write('tool.def', checkpointDefinition(base).replace('>/two', '>/two2'));
    const box = await built(definition, {
      buildArguments,
      noTest: true,
      form: 'sandbox',
      target: { hostId: clusterId, folder: null, fileName: null },
    });
    expect(factsOf(box)).toMatchObject({ checkpointsReused: 1, checkpointsMade: 1 });
    expect(await kept()).toHaveLength(6);
    const sandbox = `${clusterOf(fixture).folder}/tool`;
    expect(await say(`apptainer inspect --deffile '${sandbox}' && cat '${sandbox}/two2'`)).toMatch(
      /From: tiny\.tar[\s\S]*hello$/,
    );
    await say(`unshare --map-root-user --map-auto rm -rf '${sandbox}'`);

    // What was sent is known by where it lies here.
    fixture.write('data.txt', 'another');
    const changed = await fixture.builds.plan(inputOf(definition, { buildArguments }));
    expect(changed.checkpoints.map(({ isKept }) => isKept)).toEqual([false, false]);

    const { checkpoints } = await fixture.builds.checkpoints(clusterId);
    expect(checkpoints.map(({ name }) => name).toSorted()).toEqual(['first', 'second', 'second']);
    const limits = { keys: [], olderThanDays: null, keepBytes: checkpoints[0]?.sizeBytes ?? 0 };
    expect(await fixture.builds.removeCheckpoints(clusterId, limits)).toHaveLength(2);
    expect(await kept()).toHaveLength(2);
  });

  it('takes a base of a registry by digest, also without subordinate ids; or builds the whole at once', async () => {
    const { host, folder } = clusterOf(fixture);
    runtimePath = joinPath(folder, hostPathFromText('runtime'));
    // Without subordinate ids, and with the open registry.
    const ways = 'APPTAINER_NOHTTPS=1 APPTAINER_IGNORE_SUBUID=1 APPTAINER_IGNORE_FAKEROOT_COMMAND=1';
    const runtimeIs = async (more: string) =>
      await host.files.write(
        joinPath(folder, hostPathFromText('runtime')),
        `#!/bin/sh\nexport ${ways}${more}\nexec /usr/bin/apptainer "$@"\n`,
        0o755,
      );
    await runtimeIs('');
    const from = `${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}`;
    const definition = fixture.write(
      'net.def',
      `Bootstrap: docker\nFrom: ${from}\n\n%post\n    mkdir -m 750 /one\n    # checkpoint: one\n    touch /one/two\n`,
    );
    const image = join(fixture.library, 'net.sif');
    mode = 'rootMapped';
    await built(definition, { checkpoints: 'off' });
    const without = contentsOf(image);
    const moved = await built(definition);
    expect(factsOf(moved)).toMatchObject({ checkpointsReused: 0, checkpointsMade: 1 });
    expect(await fixture.log(moved)).toContain('+ take-kept-tree');
    expect(contentsOf(image)).toEqual(without);
    expect(factsOf(await built(definition))).toMatchObject({ checkpointsReused: 1 });

    // Where owners are only pretended, a part begins with the image of the one before.
    mode = 'rootMappedWithCommand';
    const unpacked = await built(definition);
    expect(factsOf(unpacked)).toMatchObject({ checkpointsReused: 0, checkpointsMade: 1 });
    expect(await fixture.log(unpacked)).not.toContain('+ take-kept-tree');
    expect(contentsOf(image)).toEqual(without);

    await runtimeIs(' PATH=/usr/sbin:/usr/bin:/sbin:/bin');
    const whole = await built(definition, { checkpoints: 'anew' });
    expect(factsOf(whole)).not.toHaveProperty('checkpointsMade');
    expect((await fixture.log(whole)).join('\n')).toContain(
      'Checkpoints are not used: the whole definition is built.',
    );
    await host.files.remove(runtimePath);
    await expectNothingLeft(whole.id);
  });

  it('goes on through its parts when the line is cut, and leads to the line that fails in a later part', async () => {
    const flag = `/tmp/${basename(fixture.folder)}.go`;
    const step = (name: string) =>
      `    mkdir -m 700 /${name} && chown 7:7 /${name}\n    # checkpoint: ${name}\n`;
    const wait = `    echo waiting\n    until test -e '${flag}'; do sleep 0.1; done\n    rm '${flag}'\n`;
    const definition = fixture.write(
      'long.def',
      `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n\n%post\n${wait}${step('a')}${step('b')}    ls -d /a /b\n    cat /none\n`,
    );
    const id = await fixture.tasks.start('image.build', inputOf(definition));
    await untilLogged(fixture, id, 'waiting');
    cutLine(fixture);
    const cut = await untilTask(fixture, id, ({ status }) => status.state === 'detached');
    expect(cut.status.state, JSON.stringify(cut.status)).toBe('detached');
    await restoreLine(fixture);
    expect(await jobsThere(fixture, id)).toMatchObject([{ state: 'running' }]);
    await say(
      `touch '${flag}'; until grep -q '^cat: ' ~/.local/state/mysingularity/jobs/${id}/output; do sleep 0.1; done`,
    );
    expect(await kept()).toHaveLength(4);
    await fixture.tasks.resume(clusterId);
    const task = await fixture.tasks.ended(id);
    expect(task.status, await explainedTask(fixture, task)).toMatchObject({
      state: 'failed',
      error: { code: 'build.failed', hostId: 'cluster', data: { line: 13, command: 'cat /none' } },
    });
    await expectNothingLeft(id);
    expect(readdirSync(fixture.library)).toEqual([]);
  });

  it('is made by the host when the workbench is killed, and adopted by the next one', async () => {
    const flag = `/tmp/${basename(fixture.folder)}.go`;
    const wait = `    echo waiting\n    until test -e '${flag}'; do sleep 0.1; done\n    rm '${flag}'\n`;
    const definition = fixture.write(
      'killed.def',
      `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n\n%post\n    touch /a\n    # checkpoint: a\n${wait}    # checkpoint: b\n    ls /a\n`,
    );
    const { folder } = fixture;
    const there = clusterOf(fixture).folder;
    const builder = new URL('./builder.fixture.ts', import.meta.url);
    const program = await bundleProgram(builder, join(folder, 'bundle'));
    const child = spawn(process.execPath, [program, folder, definition, 'there', there], {
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
    await say(`touch '${flag}'`);
    await fixture.tasks.dispose();
    await clusterOf(fixture).connection.disconnect();
    fixture = await openBuilds({ folder, withCluster: true, there });
    await fixture.tasks.resume(clusterId);
    const task = await fixture.tasks.ended(id);
    expect(task.status, await explainedTask(fixture, task)).toMatchObject({
      state: 'succeeded',
      result: { facts: { checkpointsReused: 0, checkpointsMade: 2 } },
    });
    expect(readdirSync(fixture.library)).toEqual(['killed.sif']);
    expect(await kept()).toHaveLength(4);
    await expectNothingLeft(id);
  });
});
