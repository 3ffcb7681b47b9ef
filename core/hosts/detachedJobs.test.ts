import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromBytes, hostPathFromText } from '#core/contract/hostPath.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { DetachedJob, DetachedJobs } from './detachedJob.ts';
import { createDetachedJobs } from './detachedJobs.ts';
import { createLocalHost } from './localHost.ts';

let folder: string;
let jobs: DetachedJobs;
let count = 0;
const nextId = () => {
  count += 1;
  return `job-${process.pid}-${count}`;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'detached-test-'));
  jobs = newJobs();
});
afterEach(async () => {
  for (const { id } of await jobs.list()) await (await jobs.find(id))?.cancel();
  rmSync(folder, { recursive: true, force: true });
});

/** As another workbench of the same user would see them. */
function newJobs(): DetachedJobs {
  const { PATH = '' } = process.env;
  return createDetachedJobs(
    createLocalHost({
      environment: { PATH, HOME: folder, XDG_STATE_HOME: join(folder, "state ' of\n\\me") },
      observer: { started: () => ({ ended: () => undefined }) },
    }),
  );
}

const shell = (script: string, ...words: readonly string[]) =>
  commandSpec('/bin/sh', ['-c', script, 'sh', ...words], { purpose: 'Test' });
const options = { title: 'A test', wantsTerminal: false };
const localFolder = (job: DetachedJob) => JSON.parse(`"${job.folder.replaceAll('\\x0a', '\\n')}"`) as string;

/** Everything that a job gives from a byte on, and how it ended. */
async function outputOf(job: DetachedJob, from = 0, onBytes: (text: string) => void = () => undefined) {
  const parts: Uint8Array[] = [];
  let last = from;
  const end = await job.follow({
    from,
    signal: new AbortController().signal,
    onOutput: (bytes, offset) => {
      parts.push(bytes);
      expect(offset).toBe(last + bytes.length);
      last = offset;
      onBytes(Buffer.from(bytes).toString());
    },
  });
  return { end, bytes: Buffer.concat(parts) };
}

/** Follows until the job has written a text, and lets go of it. */
async function seen(job: DetachedJob, text: string): Promise<void> {
  const abort = new AbortController();
  let all = '';
  const following = job.follow({
    from: 0,
    signal: abort.signal,
    onOutput: (bytes) => {
      all += Buffer.from(bytes).toString();
      if (all.includes(text)) abort.abort(new Error('seen'));
    },
  });
  await expect(following).rejects.toThrow('seen');
}

const processesWith = (word: string) =>
  execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(word) && !/^\s*\d+ Z/.test(line));

describe('a detached job', () => {
  it('gives every byte and its exit status, also to who comes later', async () => {
    const bytes = Buffer.from(
      Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff),
    );
    writeFileSync(join(folder, 'bytes'), bytes);
    const job = await jobs.start(nextId(), shell('cat "$1"; exit 7', join(folder, 'bytes')), options);
    const first = await outputOf(job);
    expect(first.end.exitStatus).toBe(7);
    expect(first.bytes.equals(bytes)).toBe(true);
    const again = await newJobs().find(job.id);
    const rest = again === null ? null : await outputOf(again, 150_001);
    expect(rest?.bytes.equals(bytes.subarray(150_001))).toBe(true);
    expect(rest?.end.tail).toBe(new TextDecoder().decode(bytes.subarray(-65_536)));
  });

  it('gets exactly its words, variables and working folder, whatever is in them', async () => {
    const hostile = `a'b"c $HOME \`id\` \\ \n é`;
    const spec = commandSpec(
      '/bin/sh',
      [
        '-c',
        'printf "%s|%s|%s|%s" "$1" "$2" "$V" "$PWD"',
        'sh',
        hostile,
        { path: hostPathFromBytes(Buffer.from([0x66, 0xff])) },
      ],
      { purpose: 'Test', environment: { V: { secret: hostile }, HOME: null } },
    );
    const job = await jobs.start(nextId(), spec, { ...options, workingFolder: hostPathFromText('/usr') });
    const { bytes } = await outputOf(job);
    const expected = [Buffer.from(`${hostile}|f`), Buffer.from([0xff]), Buffer.from(`|${hostile}|/usr`)];
    expect(bytes.toString('latin1')).toBe(Buffer.concat(expected).toString('latin1'));
  });

  it('starts once, however often it is asked', async () => {
    const id = nextId();
    const spec = shell('echo begun >>"$1"; sleep 0.3', join(folder, 'count'));
    const [first] = await Promise.all([1, 2, 3].map(() => newJobs().start(id, spec, options)));
    if (first !== undefined) await outputOf(first);
    await jobs.start(id, spec, options);
    expect(readFileSync(join(folder, 'count'), 'utf8')).toBe('begun\n');
  });

  it('has a terminal with a size when it wants one', async () => {
    const job = await jobs.start(nextId(), shell('stty size; test -t 1 && test -t 2 && echo terminal'), {
      ...options,
      wantsTerminal: true,
    });
    expect((await outputOf(job)).bytes.toString()).toBe('40 120\r\nterminal\r\n');
  });

  it('has its files to itself, and secrets only while it runs', async () => {
    const job = await jobs.start(nextId(), shell('cat auth.json; stat -c "%a %a" auth.json .'), {
      ...options,
      files: [
        { name: 'auth.json', data: 's3cret\n', isSecret: true },
        { name: 'plan.json', data: '{}' },
      ],
    });
    expect((await outputOf(job)).bytes.toString()).toBe('s3cret\n600 600\n700 700\n');
    const names = readdirSync(localFolder(job));
    expect(names).toContain('plan.json');
    expect(names).not.toContain('auth.json');
    expect(statSync(localFolder(job)).mode & 0o777).toBe(0o700);
  });

  it('goes on when nobody follows it, and is the same for who finds it', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(folder, 'pipe')]);
    const job = await jobs.start(
      nextId(),
      shell('echo one; read -r _ <"$1"; echo two', join(folder, 'pipe')),
      options,
    );
    await seen(job, 'one');
    const [facts] = await newJobs().list();
    expect(facts).toMatchObject({ id: job.id, title: 'A test', state: 'running', exitStatus: null });
    await expect(job.remove()).rejects.toMatchObject({ report: { code: 'input.invalid' } });
    const found = await newJobs().find(job.id);
    let text = '';
    const following = found === null ? null : outputOf(found, 4, (part) => (text += part));
    writeFileSync(join(folder, 'pipe'), 'go\n');
    expect((await following)?.end.exitStatus).toBe(0);
    expect(text).toBe('two\n');
  });
});

describe('a cancelled job', () => {
  it.each([false, true])(
    'is interrupted, and may clean up after itself (terminal: %s)',
    async (wantsTerminal) => {
      const script = 'trap "echo cleaned; exit 3" INT; echo ready; while :; do sleep 0.1; done';
      const job = await jobs.start(nextId(), shell(script), { ...options, wantsTerminal });
      await seen(job, 'ready');
      await job.cancel();
      const { end, bytes } = await outputOf(job);
      expect(end.exitStatus).toBe(3);
      expect(bytes.toString().replaceAll('\r', '')).toBe('ready\ncleaned\n');
      await job.cancel();
    },
  );

  it('is killed with everything it started when it will not listen', async () => {
    const mark = `${30_000 + count}.${process.pid}`;
    const script = `trap "" INT TERM; setsid sleep ${mark} & echo ready; while :; do sleep ${mark}; done`;
    const job = await jobs.start(nextId(), shell(script), { ...options, wantsTerminal: true });
    await seen(job, 'ready');
    await job.cancel();
    expect((await outputOf(job)).end.exitStatus).toBe(137);
    expect(processesWith(mark)).toEqual([]);
  }, 15_000);

  it('of another boot or another node is not touched', async () => {
    const job = await jobs.start(nextId(), shell('echo ready; exec sleep 60.125'), options);
    await seen(job, 'ready');
    const file = join(localFolder(job), 'identity');
    const identity = readFileSync(file, 'utf8');
    const [pid = '', ticks, boot, space, , started] = identity.split(' ');
    writeFileSync(file, [pid, ticks, boot, space, 'elsewhere', started].join(' '));
    expect(await jobs.list()).toMatchObject([{ state: 'unknown' }]);
    await expect(job.cancel()).rejects.toMatchObject({
      report: { code: 'task.onOtherNode', data: { node: 'elsewhere' } },
    });
    writeFileSync(file, identity.replace(boot ?? '', 'another-boot'));
    expect(await jobs.list()).toMatchObject([{ state: 'gone' }]);
    expect((await outputOf(job)).end.exitStatus).toBeNull();
    writeFileSync(file, identity.replace(` ${ticks} `, ' 1 '));
    expect(await jobs.list()).toMatchObject([{ state: 'gone' }]);
    expect(processesWith('sleep 60.125')).toHaveLength(1);
    writeFileSync(file, identity);
    await job.cancel();
    expect(processesWith('sleep 60.125')).toEqual([]);
  });

  it('of another pid namespace is told by its lock: unknown while it lives, then gone', async () => {
    const job = await jobs.start(nextId(), shell('echo ready; exec sleep 60.375'), options);
    await seen(job, 'ready');
    const file = join(localFolder(job), 'identity');
    const identity = readFileSync(file, 'utf8');
    // As a login node in a container shows what ran before the container was started again.
    writeFileSync(file, identity.replace(/pid:\[\d+\]/, 'pid:[1]'));
    expect(await jobs.list()).toMatchObject([{ state: 'unknown' }]);
    const [pid] = identity.split(' ');
    process.kill(-Number(pid), 'SIGKILL');
    expect((await outputOf(job)).end.exitStatus).toBeNull();
    expect(await jobs.list()).toMatchObject([{ state: 'gone' }]);
    expect(processesWith('sleep 60.375')).toEqual([]);
  });
});

describe('what is left of a job', () => {
  it('is gone when its supervisor was killed, and goes with what it owns', async () => {
    const owned = join(folder, "its ' own");
    const script =
      'mkdir -p "$1/deep"; echo x >"$1/deep/file"; chmod 500 "$1/deep"; echo ready; exec sleep 60';
    const job = await jobs.start(nextId(), shell(script, owned), {
      ...options,
      ownedPaths: [hostPathFromText(owned), hostPathFromText(join(folder, 'never made'))],
    });
    await seen(job, 'ready');
    const [pid] = readFileSync(join(localFolder(job), 'identity'), 'utf8').split(' ');
    process.kill(Number(pid), 'SIGKILL');
    expect((await outputOf(job)).end.exitStatus).toBeNull();
    expect(await jobs.list()).toMatchObject([{ state: 'gone', exitStatus: null }]);
    await job.cancel();
    await job.remove();
    expect(await jobs.list()).toEqual([]);
    expect(await jobs.find(job.id)).toBeNull();
    expect(existsSync(owned)).toBe(false);
    expect(existsSync(localFolder(job))).toBe(false);
  });
});
