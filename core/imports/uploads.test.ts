import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { reportOf } from '#core/errors/workbenchError.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { thisProcess } from '#core/hosts/processOwner.ts';
import { createUploads, type UploadsOfStart } from './uploads.ts';

let state: string;
let uploads: UploadsOfStart;
const host = createLocalHost({ environment: {}, observer: { started: () => ({ ended: () => undefined }) } });
const bytes = (text: string) => new TextEncoder().encode(text);
const kept = () => readdirSync(join(state, 'uploads'));

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'uploads-test-'));
  uploads = createUploads({
    host,
    stateFolder: hostPathFromText(state),
    onProblem: (text) => {
      throw new Error(text);
    },
  });
});
afterEach(async () => {
  await uploads.dispose();
  rmSync(state, { recursive: true, force: true });
});

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  return await work.then(
    () => null,
    (thrown: unknown) => reportOf(thrown).code,
  );
}

describe('an upload', () => {
  it('is a private file of the pieces in their order', async () => {
    const id = await uploads.begin({ name: 'my image.tar', sizeBytes: 6 });
    await Promise.all([uploads.write(id, 0, bytes('abc')), uploads.write(id, 3, bytes('def'))]);
    const path = await uploads.end(id);
    expect(path).toBe(join(state, 'uploads', id, 'my_image.tar'));
    expect(readFileSync(path, 'utf8')).toBe('abcdef');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'uploads', id)).mode & 0o777).toBe(0o700);
    await uploads.drop(id);
    expect(kept()).toEqual([]);
  });

  it('refuses pieces out of order, beyond the end, and an early end', async () => {
    const id = await uploads.begin({ name: 'x', sizeBytes: 4 });
    expect(await codeOf(uploads.write(id, 1, bytes('a')))).toBe('input.invalid');
    await uploads.write(id, 0, bytes('ab'));
    expect(await codeOf(uploads.write(id, 0, bytes('ab')))).toBe('input.invalid');
    expect(await codeOf(uploads.write(id, 2, bytes('cde')))).toBe('input.invalid');
    expect(await codeOf(uploads.end(id))).toBe('input.invalid');
    await uploads.write(id, 2, bytes('cd'));
    expect(readFileSync(await uploads.end(id), 'utf8')).toBe('abcd');
    expect(await codeOf(uploads.write('nobody', 0, bytes('a')))).toBe('input.invalid');
  });

  it.each([
    ['../../evil', 'evil'],
    ['/etc/passwd', 'passwd'],
    ['..', 'upload'],
    ['owner.json', 'upload'],
    ['a\nb\u202e.tar', 'a_b_.tar'],
    ['.hidden', 'hidden'],
    [`${'é'.repeat(200)}.tar.gz`, `${'é'.repeat(96)}.tar.gz`],
  ])('takes %j for a name only', async (name, plain) => {
    const id = await uploads.begin({ name, sizeBytes: 0 });
    expect(await uploads.end(id)).toBe(join(state, 'uploads', id, plain));
  });

  it('is one of eight at most, and has room before it begins', async () => {
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => uploads.begin({ name: 'x', sizeBytes: 1 })),
    );
    expect(await codeOf(uploads.begin({ name: 'x', sizeBytes: 1 }))).toBe('input.invalid');
    await uploads.drop(ids[0] ?? '');
    expect(await codeOf(uploads.begin({ name: 'x', sizeBytes: 2 ** 52 }))).toBe('disk.full');
    await uploads.begin({ name: 'x', sizeBytes: 1 });
    await uploads.dispose();
    expect(kept()).toEqual([]);
  });
});

describe('an upload that is imported', () => {
  const { signal } = new AbortController();
  const uploaded = async () => {
    const id = await uploads.begin({ name: 'x.tar', sizeBytes: 0 });
    return { id, path: await uploads.end(id) };
  };

  it('is gone afterwards, and after a cancel', async () => {
    const one = await uploaded();
    expect(await uploads.importing(one.path, signal, async () => kept())).toEqual([one.id]);
    expect(kept()).toEqual([]);
    const other = await uploaded();
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    const work = uploads.importing(other.path, cancelled, () => Promise.reject(cancelled.reason));
    await expect(work).rejects.toThrow('cancelled');
    expect(kept()).toEqual([]);
  });

  it('is there for another try when that failed, until others want its place', async () => {
    const { id, path } = await uploaded();
    const fails = () => uploads.importing(path, signal, () => Promise.reject(new Error('no')));
    await expect(fails()).rejects.toThrow('no');
    await expect(fails()).rejects.toThrow('no');
    expect(kept()).toEqual([id]);
    for (let count = 0; count < 8; count += 1) await uploads.begin({ name: 'x', sizeBytes: 1 });
    expect(kept()).toHaveLength(8);
    expect(kept()).not.toContain(id);
    expect(await codeOf(uploads.begin({ name: 'x', sizeBytes: 1 }))).toBe('input.invalid');
  });

  it('is there until the last of its imports ends; files of the person are never touched', async () => {
    const { id, path } = await uploaded();
    await uploads.importing(path, signal, async () => {
      await uploads.importing(path, signal, () => Promise.resolve());
      expect(kept()).toEqual([id]);
    });
    expect(kept()).toEqual([]);
    const own = hostPathFromText(join(state, 'own.tar'));
    writeFileSync(own, 'mine');
    await uploads.importing(own, signal, () => Promise.resolve());
    expect(readFileSync(own, 'utf8')).toBe('mine');
  });
});

describe('the next start', () => {
  it('removes what dead processes left, and nothing of the living', async () => {
    const id = await uploads.begin({ name: 'x', sizeBytes: 1 });
    const folder = (name: string) => join(state, 'uploads', name);
    for (const name of ['dead', 'torn', 'young']) mkdirSync(folder(name));
    const dead = { ...thisProcess, processId: 2 ** 22 + 1 };
    writeFileSync(join(folder('dead'), 'owner.json'), JSON.stringify({ owner: dead }));
    const longAgo = Date.now() / 1000 - 7200;
    utimesSync(folder('torn'), longAgo, longAgo);
    await uploads.removeLeftovers();
    expect(kept().sort()).toEqual([id, 'young'].sort());
  });
});
