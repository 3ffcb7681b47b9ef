import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Pty } from './host.ts';
import { spawnPty } from './pty.ts';

const size = { columns: 80, rows: 24 };
const environment = { PATH: '/usr/bin:/bin', HOME: tmpdir(), LANG: 'C.UTF-8' };

function start(script: string): Pty {
  return spawnPty({ file: 'sh', args: ['-c', script], environment, workingFolder: tmpdir(), size });
}

interface Collected {
  readonly bytes: number;
  readonly text: string;
  readonly end: { readonly exitStatus: number | null; readonly signal: string | null };
}

function collect(pty: Pty): Promise<Collected> {
  const chunks: Uint8Array[] = [];
  pty.onData((bytes) => chunks.push(bytes.slice()));
  return new Promise((done) => {
    pty.onExit((end) => {
      const all = Buffer.concat(chunks);
      done({ bytes: all.length, text: all.toString('utf8'), end });
    });
  });
}

/** Resolves with the text so far as soon as it holds `word`. */
function textWith(pty: Pty, word: string): Promise<string> {
  let text = '';
  return new Promise((done) => {
    pty.onData((bytes) => {
      text += Buffer.from(bytes).toString('utf8');
      if (text.includes(word)) done(text);
    });
  });
}

/** A zombie that nobody has reaped yet does not run. */
function isRunning(processId: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(processId)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

const send = (pty: Pty, text: string) => pty.write(new TextEncoder().encode(text));

describe('spawnPty', () => {
  it('loses no byte in 40 short runs of 3 MB', async () => {
    const lengths: number[] = [];
    for (let run = 0; run < 40; run += 1) {
      lengths.push((await collect(start('head -c 3000000 /dev/zero | tr "\\0" x'))).bytes);
    }
    expect(lengths).toEqual(lengths.map(() => 3_000_000));
  });

  it('loses no byte when the reader pauses long beyond the exit', async () => {
    const pty = start('head -c 30000 /dev/zero | tr "\\0" x');
    let bytes = 0;
    pty.onData((data) => {
      bytes += data.length;
      pty.setPaused(true);
    });
    const ended = new Promise<number>((done) => pty.onExit(() => done(bytes)));
    const steps = setInterval(() => pty.setPaused(false), 150); // one read at a time, slower than node-pty's 200 ms
    expect(await ended).toBe(30_000);
    clearInterval(steps);
  });

  it('keeps what came before anybody listened', async () => {
    const pty = start('printf early');
    await vi.waitFor(() => expect(isRunning(pty.processId)).toBe(false), 10_000);
    expect((await collect(pty)).text).toBe('early');
  });

  it('tells exit statuses and signals', async () => {
    expect((await collect(start('exit 7'))).end).toEqual({ exitStatus: 7, signal: null });
    expect((await collect(start('kill -TERM $$'))).end).toEqual({ exitStatus: null, signal: 'SIGTERM' });
  });

  it('tells the program its size, and a new size', async () => {
    const pty = start('stty size; trap "stty size; exit" WINCH; echo ready; while :; do read line; done');
    const all = collect(pty);
    await textWith(pty, 'ready');
    pty.resize({ columns: 120, rows: 40 });
    expect((await all).text).toMatch(/^24 80\r\nready\r\n(?:.*)40 120\r\n$/s);
  });

  it('passes input, also more than the terminal takes at once', async () => {
    const pty = start('stty raw -echo; echo ready; sleep 0.3; head -c 200000 | sha256sum');
    const all = collect(pty);
    await textWith(pty, 'ready');
    send(pty, 'a'.repeat(200_000));
    const expected = execFileSync('sh', ['-c', 'head -c 200000 /dev/zero | tr "\\0" a | sha256sum'], {
      encoding: 'utf8',
    }).slice(0, 64);
    expect((await all).text).toContain(expected);
  });

  it('ends the whole group when disposed, also programs that ignore the hang-up', async () => {
    const pty = start('trap "" HUP; sleep 1000 & echo "child $!"; wait');
    const child = Number(/child (\d+)/.exec(await textWith(pty, '\n'))?.[1]);
    expect(isRunning(child)).toBe(true);
    await pty.dispose();
    expect([isRunning(pty.processId), isRunning(child)]).toEqual([false, false]);
  });

  it('takes the terminal away from what may not be signalled, as a sudo that is root’s just now', async () => {
    const pty = start('echo ready; read line; exit 7');
    await textWith(pty, 'ready');
    const ended = new Promise((done) => pty.onExit(done));
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    try {
      await pty.dispose();
    } finally {
      kill.mockRestore();
    }
    expect(await ended).toEqual({ exitStatus: null, signal: 'SIGHUP' });
    expect(isRunning(pty.processId)).toBe(false);
  });

  it('ends a program that is blocked on its output', async () => {
    const pty = start('yes');
    pty.onData(() => pty.setPaused(true));
    await pty.dispose();
    expect(isRunning(pty.processId)).toBe(false);
  });

  it('refuses a missing program and a missing folder as spawn does', () => {
    const launch = { args: [], environment, workingFolder: tmpdir(), size };
    expect(() => spawnPty({ ...launch, file: 'no-such-program' })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
    expect(() => spawnPty({ ...launch, file: '/etc/passwd' })).toThrow(
      expect.objectContaining({ code: 'EACCES' }),
    );
    const folder = mkdtempSync(join(tmpdir(), 'pty-'));
    rmSync(folder, { recursive: true });
    expect(() => spawnPty({ ...launch, file: 'sh', workingFolder: folder })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});
