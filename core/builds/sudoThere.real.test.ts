import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
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
  namesThere,
  restoreLine,
  untilLogged,
  untilTask,
} from './clusterLine.fixture.ts';
import { type TypingPerson, typingPerson } from './sudoTerminal.fixture.ts';

const bed = testbed();
const base = `Bootstrap: docker\nFrom: ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}\n`;
const there = {
  way: 'sudo' as const,
  hostId: clusterId,
  target: { hostId: clusterId, folder: null, fileName: null },
};

let fixture: BuildsFixture;
let person: TypingPerson;

const explained = (task: Task) => explainedTask(fixture, task);

describe('a build as root on an ssh host', () => {
  beforeEach(async ({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny', 'registry', 'ssh', 'sudo');
    if (reason !== null) skip(reason);
    const { password } = bed.ssh; // of the accounts, on the near host alone
    const hostOf = (id: HostId) => (id === thirdId ? fixture.third : fixture.cluster)?.host ?? null;
    person = typingPerson([password, password, password], hostOf);
    fixture = await openBuilds({ withCluster: true, withThird: true, openTerminal: person.openTerminal });
  });
  afterEach(async () => {
    if (existsSync(`${configOf(fixture.folder)}.away`)) await restoreLine(fixture); // a test that failed in between
    await person.terminals.dispose();
    await fixture.dispose();
  });

  it('makes an image with owners kept, which stays or comes here, and leaves nothing of root’s', async () => {
    fixture.write('here.txt', 'here\n');
    const definition = fixture.write(
      'tool.def',
      `${base}\n%files\n    here.txt /here.txt\n\n%post\n    test "{{ token }}" = hunter2hunter2\n    cat /proc/self/uid_map >/map\n    touch /made && chown 7:7 /made\n`,
    );
    const buildArguments = [{ name: 'token', value: 'hunter2hunter2', isSecret: true }];
    const stays = buildInput(definition, { ...there, buildArguments });
    const { way, means } = await fixture.builds.plan(stays);
    expect(way).toMatchObject({ mode: 'sudo', canBuild: true });
    expect(way.limits[0]).toContain('ends when the line is cut');
    expect(means).not.toContain('goes on');
    const task = await fixture.run(stays);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    expect(await namesThere(fixture)).toEqual(['tool.sif']);
    const { folder } = clusterOf(fixture);
    expect(
      await clusterOf(fixture).say(
        `cd '${folder}' && stat -c %U tool.sif && apptainer exec tool.sif cat /map /here.txt`,
      ),
    ).toMatch(/^alice\n\s*0\s+0\s+4294967295\nhere\n$/);
    expect(await clusterOf(fixture).say('find ~ -uid 0 2>/dev/null; :')).toBe('');

    const comes = await fixture.run(
      buildInput(definition, { way: 'sudo', hostId: clusterId, buildArguments }),
    );
    expect(comes.status, await explained(comes)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'tool.sif');
    const squashfs = String(readFileSync(image).indexOf('hsqs'));
    const listed = execFileSync('unsquashfs', ['-lln', '-o', squashfs, image, 'made'], { encoding: 'utf8' });
    expect(listed).toMatch(/ 7\/7 .* squashfs-root\/made\n/);
    expect(await namesThere(fixture)).toEqual(['tool.sif']);
    const log = (await fixture.log(comes)).join('\n');
    expect(log).toContain('Running post scriptlet');
    expect(log).not.toContain('hunter2');
    expect(execFileSync('sh', ['-c', `grep -rF '${bed.ssh.password}' '${fixture.folder}' || :`]).length).toBe(
      0,
    );
    expect((await fixture.builds.detail(comes.id)).phases.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['send', 'bootstrap', 'post', 'squashfs', 'sif', 'receive']),
    );
    expect(person.terminals.runningCount()).toBe(0);
  });

  it('leads to the line of what failed, is cancelled, and ends with its line, with nothing left', async () => {
    const bad = fixture.write('bad.def', `${base}\n%post\n    true\n    cat /nothing\n`);
    const failed = await fixture.run(buildInput(bad, there));
    expect(failed.status, await explained(failed)).toMatchObject({
      state: 'failed',
      error: { code: 'build.failed', hostId: clusterId, data: { line: 6, command: 'cat /nothing' } },
    });
    expect(await namesThere(fixture)).toEqual([]);

    const long = fixture.write('long.def', `${base}\n%post\n    echo waiting\n    sleep 4741\n`);
    const unwanted = await fixture.tasks.start('image.build', buildInput(long, there));
    await untilLogged(fixture, unwanted, 'waiting');
    await fixture.tasks.cancel(unwanted);
    expect((await fixture.tasks.ended(unwanted)).status.state).toBe('cancelled');
    expect(await namesThere(fixture)).toEqual([]);

    const id = await fixture.tasks.start('image.build', buildInput(long, there));
    await untilLogged(fixture, id, 'waiting');
    cutLine(fixture);
    const cut = await untilTask(fixture, id, ({ status }) => status.state === 'detached');
    expect(cut.status.state, JSON.stringify(cut.status)).toBe('detached');
    await restoreLine(fixture);
    const { folder } = clusterOf(fixture);
    // The host sees the hang-up by itself, and ends what is root's.
    await clusterOf(fixture).say(
      `while ls -d '${folder}'/.mysingularity-*/root >/dev/null 2>&1; do sleep 0.1; done`,
    );
    await fixture.tasks.resume(clusterId);
    const ended = await fixture.tasks.ended(id);
    expect(ended.status).toMatchObject({ state: 'failed', error: { code: 'task.interrupted' } });
    expect(await namesThere(fixture)).toEqual([]);
    expect(await clusterOf(fixture).say("ps -eo args | grep '[s]leep 4741'; :")).toBe('');
    expect((await fixture.builds.detail(id)).outcome).toBe('failed');
    expect(readdirSync(fixture.library)).toEqual([]);
  });

  it('says which rule is needed where one may run the runtime alone, and leaves nothing', async () => {
    const folder = fixture.third?.folder ?? null;
    const definition = fixture.write('tool.def', `${base}\n%post\n    true\n`);
    const input = {
      way: 'sudo' as const,
      hostId: thirdId,
      target: { hostId: thirdId, folder, fileName: null },
      temporaryFolder: folder,
    };
    const task = await fixture.run(buildInput(definition, input));
    expect(task.status, await explained(task)).toMatchObject({
      error: {
        code: 'build.sudo',
        hostId: thirdId,
        data: { reason: 'notAllowed', account: 'bob' },
        nextStep: expect.stringContaining('bob ALL=(root) ALL'),
      },
    });
    expect(await fixture.third?.say(`ls -A '${folder}'`)).toBe('');
  });
});
