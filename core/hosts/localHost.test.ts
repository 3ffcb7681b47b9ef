import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createLocalHost } from './localHost.ts';
import { isAlive, markProcess } from './processGroup.ts';

const seen: string[] = [];
const host = createLocalHost({
  environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', MARK: 'base' },
  observer: {
    started: (_, spec) => ({ ended: (status) => seen.push(`${spec.purpose}: ${status}`) }),
  },
});
const hostile = Uint8Array.of(0x2d, 0x20, 0x27, 0x22, 0x0a, 0xff, 0x24, 0x28, 0x29, 0x5c, 0x0a); // - '"⏎\xff$()\⏎

function shell(script: string, ...args: Parameters<typeof commandSpec>[1]) {
  return commandSpec('/bin/sh', ['-c', script, 'sh', ...args], { purpose: 'test' });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return thrown instanceof WorkbenchError ? thrown.report.code : String(thrown);
}

describe('run', () => {
  it('gives output, exit status and lines, and tells the command log', async () => {
    const lines: string[] = [];
    const outcome = await host.run(shell('cat; echo "$MARK" >&2; exit 7'), {
      stdin: 'a\nb',
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    expect(outcome).toMatchObject({ exitStatus: 7, stdout: 'a\nb', stderr: 'base\n' });
    expect(lines.sort()).toEqual(['stderr base', 'stdout a', 'stdout b']);
    expect(seen.at(-1)).toBe('test: 7');
  });

  it('passes any bytes as a path, also in the program, the environment and the working folder', async () => {
    const parent = hostPathFromText(await mkdtemp(join(tmpdir(), 'host-')));
    const folder = joinPath(parent, hostPathFromBytes(hostile));
    await host.files.makeFolder(folder);
    const spec = {
      ...shell('printf %s "$1|$NAME"; pwd', { path: folder }),
      environment: { NAME: { path: folder } },
    };
    const bytes: number[] = [];
    await host.run(spec, { workingFolder: folder, onLine: () => bytes.push(0) });
    const check = shell(
      '[ "$1" = "$NAME" ] && [ "$1" = "$(pwd; echo .)" ] || [ "$(pwd; printf .)" = "$1\n." ]',
      { path: folder },
    );
    const same = await host.run(
      { ...check, environment: { NAME: { path: folder } } },
      { workingFolder: folder },
    );
    expect(same.exitStatus).toBe(0);
  });

  it('names a program that is not there', async () => {
    expect(await codeOf(host.run(commandSpec('no-such-program', [], { purpose: 'x' })))).toBe(
      'host.commandMissing',
    );
  });

  it('ends the whole process group on abort, also what ignores an interrupt', async () => {
    const abort = new AbortController();
    const started: number[] = [];
    const running = host.run(shell('trap "" INT; sleep 1000 & echo $!; wait; sleep 1000'), {
      signal: abort.signal,
      onLine: (line) => {
        started.push(Number(line));
        abort.abort(new Error('stop'));
      },
    });
    await expect(running).rejects.toThrow('stop');
    const mark = markProcess(started[0] ?? 0);
    expect(mark === null || !isAlive(mark)).toBe(true);
  });
});

describe('files', () => {
  let folder: ReturnType<typeof hostPathFromText>;
  beforeEach(async () => {
    folder = hostPathFromText(await mkdtemp(join(tmpdir(), 'files-')));
  });

  it('writes, lists, reads, renames and removes files of any name', async () => {
    const path = joinPath(folder, hostPathFromBytes(hostile));
    await host.files.write(path, 'hello');
    expect((await host.files.list(folder)).map((entry) => entry.name)).toEqual([hostPathFromBytes(hostile)]);
    expect(new TextDecoder().decode(await host.files.read(path, 1, 3))).toBe('ell');
    const next = joinPath(folder, hostPathFromText('plain'));
    await host.files.rename(path, next, { overwrite: false });
    await host.files.remove(next);
    expect(await readdir(folder)).toEqual([]);
  });

  it('never overwrites unless asked: of ten writers at once one wins', async () => {
    const target = joinPath(folder, hostPathFromText('target'));
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const mine = joinPath(folder, hostPathFromText(`mine${index}`));
        await host.files.write(mine, `${index}`);
        return await codeOf(host.files.rename(mine, target, { overwrite: false }));
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'null')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'image.targetExists')).toHaveLength(9);
    expect(await readFile(target, 'utf8')).toBe(String(outcomes.indexOf('null')));
  });

  it('removes read-only trees and does not follow links out of them', async () => {
    const outside = joinPath(folder, hostPathFromText('outside'));
    await host.files.write(outside, 'kept');
    await host.run(
      shell(
        'cd "$1" && mkdir -p tree/a/b && touch tree/a/b/c && ln -s ../outside tree/link && chmod -R a-w tree',
        { path: folder },
      ),
    );
    await host.files.remove(joinPath(folder, hostPathFromText('tree')));
    expect(await readdir(folder)).toEqual(['outside']);
  });

  it('reads many pieces at once, in order, and says which are not there', async () => {
    const requests = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const path = joinPath(folder, hostPathFromText(`file${index}`));
        if (index % 7 !== 0) await host.files.write(path, `0123456789-${index}`);
        return { path, offset: 8, length: 1 + (index % 5) };
      }),
    );
    const pieces = await host.files.readMany(requests);
    expect(pieces.map((piece) => piece && Buffer.from(piece).toString())).toEqual(
      requests.map(({ length }, index) => (index % 7 === 0 ? null : `89-${index}`.slice(0, length))),
    );
  });

  it('reads pieces of one file, near each other or far apart, in any order, to the end of the file and not beyond', async () => {
    const paths = ['first', 'second'].map((name) => joinPath(folder, hostPathFromText(name)));
    for (const [index, path] of paths.entries())
      await host.files.write(path, new Uint8Array(100_000).fill(index + 1, 50_000));
    const ranges = [
      { offset: 50_010, length: 5 },
      { offset: 49_998, length: 4 },
      { offset: 49_999, length: 2 },
      { offset: 99_999, length: 10 },
      { offset: 200_000, length: 10 },
    ];
    for (const wanted of [ranges, ranges.slice(0, 3)]) {
      const pieces = await host.files.readMany(
        paths.flatMap((path) => wanted.map((range) => ({ path, ...range }))),
      );
      expect(pieces.map((piece) => piece && [...piece])).toEqual(
        [1, 2].flatMap((mark) =>
          [[mark, mark, mark, mark, mark], [0, 0, mark, mark], [0, mark], [mark], []].slice(0, wanted.length),
        ),
      );
    }
    const gone = { path: joinPath(folder, hostPathFromText('gone')), offset: 0, length: 1 };
    expect(await host.files.readMany([gone, { ...gone, offset: 5 }])).toEqual([null, null]);
  });

  it('names what went wrong, with the path', async () => {
    const missing = joinPath(folder, hostPathFromText('missing'));
    expect(await codeOf(host.files.read(missing, 0, 1))).toBe('host.pathMissing');
    expect(await host.files.stat(missing)).toBeNull();
    await writeFile(missing, 'x');
    expect(await codeOf(host.files.list(missing))).toBe('host.notADirectory');
  });

  it('copies with the same digest and refuses an existing target', async () => {
    const from = joinPath(folder, hostPathFromText('from'));
    const to = joinPath(folder, hostPathFromText('to'));
    await host.files.write(from, new Uint8Array(3_000_000).fill(7));
    const seenBytes: number[] = [];
    await host.files.copy(from, to, { onBytes: (done) => seenBytes.push(done) });
    expect(seenBytes.at(-1)).toBe(3_000_000);
    expect(await host.files.sha256(to)).toBe(await host.files.sha256(from));
    expect(await codeOf(host.files.copy(from, to, {}))).toBe('image.targetExists');
  });

  it('tells of changes in a folder', async () => {
    const abort = new AbortController();
    const name = await new Promise((resolve) => {
      const watching = host.files.watch(folder, (names) => resolve(names?.[0]), abort.signal);
      watching.catch(resolve);
      host.files.write(joinPath(folder, hostPathFromText('new')), 'x').catch(resolve);
    });
    abort.abort();
    expect(String(name)).toMatch(/new/);
  });
});
