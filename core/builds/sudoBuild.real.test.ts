import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleProgram } from '#core/bundleProgram.fixture.ts';
import type { Task } from '#core/contract/tasks.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, openBuilds } from './builds.fixture.ts';
import { type TypingPerson, typingPerson } from './sudoTerminal.fixture.ts';

const bed = testbed();
/** Root without CAP_SYS_RESOURCE, as inside another container, cannot unpack a local image. */
const base = `Bootstrap: docker\nFrom: ${bed.registry}/${bed.tiny.repository}:${bed.tiny.tag}\n`;
const right = bed.sudoPassword;
const wrong = 'not the password of it';
const asRoot = { way: 'sudo' as const };

let fixture: BuildsFixture;
let person: TypingPerson;

async function open(...passwords: readonly string[]): Promise<void> {
  person = typingPerson(passwords);
  fixture = await openBuilds({ openTerminal: person.openTerminal });
}
async function explained(task: Task): Promise<string> {
  return `${JSON.stringify(task.status)}\n${(await fixture.log(task)).join('\n')}`;
}
const ours = (what: string) =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(what) && !/^\s*\d+ Z/.test(line));
/** A definition that waits in %post, with a number that its processes are known by. */
const waiting = (seconds: string) => `${base}\n%post\n    echo waiting\n    sleep ${seconds}\n`;
async function untilLogged(id: Task['id'], wanted: string): Promise<void> {
  for await (const { lines } of fixture.tasks.watchLog(id, 0))
    if (lines.some(({ text }) => text === wanted)) return;
  throw new Error(`ended without ${wanted}: ${await explained(await fixture.tasks.ended(id))}`);
}
function nothingIsLeft(): void {
  expect(readdirSync(fixture.library)).toEqual([]);
  expect(readdirSync(fixture.temporary)).toEqual([]);
}

describe('a build as root through sudo', () => {
  beforeEach(({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny', 'registry', 'sudo');
    if (reason !== null) skip(reason);
  });
  afterEach(async () => {
    await person.terminals.dispose();
    await fixture.dispose();
  });

  it('makes an image that is the person’s, with owners kept, and leaves nothing of root’s', async () => {
    await open(right);
    const definition = fixture.write(
      'tool.def',
      `${base}\n%post\n    cat /proc/self/uid_map >/map\n    touch /made && chown 7:7 /made\n    mkdir -m 700 /var/own && chown 9:9 /var/own\n    touch "$HOME/seen"\n`,
    );
    const input = buildInput(definition, asRoot);
    expect((await fixture.builds.plan(input)).way).toMatchObject({ mode: 'sudo', canBuild: true });
    const since = join(fixture.folder, 'since');
    fixture.write('../since', '');
    const task = await fixture.run(input);
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const image = join(fixture.library, 'tool.sif');
    expect(statSync(image).uid).toBe(process.getuid?.());
    expect(execFileSync('apptainer', ['exec', image, 'cat', '/map'], { encoding: 'utf8' })).toMatch(
      /^\s*0\s+0\s+4294967295\n$/,
    );
    const squashfs = String(readFileSync(image).indexOf('hsqs'));
    const listed = execFileSync('unsquashfs', ['-lln', '-o', squashfs, image, 'made', 'var/own'], {
      encoding: 'utf8',
    });
    expect(listed).toMatch(/ 7\/7 .* squashfs-root\/made\n/);
    expect(listed).toMatch(/ 9\/9 .* squashfs-root\/var\/own\n/);
    nothingButTheImage();
    const newOfRoot = [homedir(), fixture.folder, '-newer', since, '-uid', '0'];
    // Other tests have folders there that are closed to us, and files that come and go.
    const find = ['-c', 'find "$@" 2>/dev/null || :', 'sh', ...newOfRoot];
    expect(execFileSync('sh', find, { encoding: 'utf8' })).toBe('');

    const log = (await fixture.log(task)).join('\n');
    expect(log).toContain('Running post scriptlet');
    expect(execFileSync('sh', ['-c', `grep -rF '${right}' '${fixture.folder}' || true`]).length).toBe(0);
    const record = await fixture.builds.detail(task.id);
    expect(record.way).toBe('sudo');
    expect(record.phases.map(({ phase }) => phase)).toEqual(['bootstrap', 'post', 'squashfs', 'sif']);
    expect(await fixture.builds.inputOf(task.id, { overwrite: true })).toMatchObject(asRoot);
    expect(person.terminals.runningCount()).toBe(0);
  });

  it('gives a sandbox to the person, and leads to the line of what failed', async () => {
    await open(right, right);
    const definition = fixture.write('box.def', `${base}\n%post\n    touch /made && chown 7:7 /made\n`);
    const task = await fixture.run(buildInput(definition, { ...asRoot, form: 'sandbox' }));
    expect(task.status, await explained(task)).toMatchObject({ state: 'succeeded' });
    const box = join(fixture.library, 'box');
    const others = ['!', '-user', String(process.getuid?.())];
    expect(execFileSync('find', [box, ...others], { encoding: 'utf8' })).toBe('');
    rmSync(box, { recursive: true });
    const bad = fixture.write('bad.def', `${base}\n%post\n    true\n    cat /nothing\n`);
    const failed = await fixture.run(buildInput(bad, asRoot));
    expect(failed.status, await explained(failed)).toMatchObject({
      state: 'failed',
      error: { code: 'build.failed', data: { line: 6, command: 'cat /nothing' } },
    });
    nothingIsLeft();
  });

  it('names a wrong password, and a terminal that was closed', async () => {
    await open(wrong, right);
    const definition = fixture.write('long.def', waiting('4711'));
    const refused = await fixture.run(buildInput(definition, asRoot));
    expect(refused.status, await explained(refused)).toMatchObject({
      state: 'failed',
      error: { code: 'build.sudo', data: { reason: 'password' } },
    });
    expect(JSON.stringify(refused)).not.toContain(wrong);
    const id = await fixture.tasks.start('image.build', buildInput(definition, asRoot));
    await untilLogged(id, 'waiting');
    await person.closeTerminal();
    expect((await fixture.tasks.ended(id)).status).toMatchObject({
      state: 'failed',
      error: { code: 'build.sudo', data: { reason: 'closed' } },
    });
    expect(ours('sleep 4711')).toEqual([]);
    nothingIsLeft();
  });

  it('is cancelled, or closed, while nobody has typed a password', async () => {
    await open();
    const definition = fixture.write('long.def', waiting('4714'));
    // As soon as the terminal is there sudo still ignores Ctrl-C.
    for (const seen of ['', '', '', 'password for']) {
      const id = await fixture.tasks.start('image.build', buildInput(definition, asRoot));
      await person.untilSeen(seen);
      await fixture.tasks.cancel(id);
      expect((await fixture.tasks.ended(id)).status.state).toBe('cancelled');
      expect(person.terminals.runningCount()).toBe(0);
    }
    const id = await fixture.tasks.start('image.build', buildInput(definition, asRoot));
    await person.untilSeen('password for');
    await person.closeTerminal();
    expect((await fixture.tasks.ended(id)).status).toMatchObject({
      state: 'failed',
      error: { code: 'build.sudo', data: { reason: 'closed' } },
    });
    nothingIsLeft();
  }, 12_000);

  it('cancelled in %post ends, and leaves nothing', async () => {
    await open(right);
    const definition = fixture.write('long.def', waiting('4712'));
    const id = await fixture.tasks.start('image.build', buildInput(definition, asRoot));
    await untilLogged(id, 'waiting');
    await fixture.tasks.cancel(id);
    expect((await fixture.tasks.ended(id)).status.state).toBe('cancelled');
    expect(ours('sleep 4712')).toEqual([]);
    nothingIsLeft();
  });

  it('killed with the workbench ends too, and the next start removes what is left', async () => {
    await open();
    const bundle = mkdtempSync(join(tmpdir(), 'build-bundle-'));
    try {
      const program = await bundleProgram(new URL('./builder.fixture.ts', import.meta.url), bundle);
      const definition = fixture.write('long.def', waiting('4713'));
      const child = spawn(process.execPath, [program, fixture.folder, definition, 'sudo', right], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const gone = once(child, 'exit');
      for await (const chunk of child.stdout.setEncoding('utf8'))
        if (String(chunk).includes('waiting\n')) child.kill('SIGKILL');
      await gone;
      await vi.waitFor(() => expect([...ours('sleep 4713'), ...ours('as-root.sh')]).toEqual([]), {
        timeout: 20_000,
        interval: 50,
      });
      await fixture.builds.removeLeftovers();
      expect((await fixture.builds.plan(buildInput(definition, asRoot))).warnings).toEqual([]);
    } finally {
      rmSync(bundle, { recursive: true, force: true });
    }
    nothingIsLeft();
  });
});

function nothingButTheImage(): void {
  expect(readdirSync(fixture.library)).toEqual(['tool.sif']);
  expect(readdirSync(fixture.temporary)).toEqual([]);
}
