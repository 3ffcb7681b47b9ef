import { Terminal } from '@xterm/headless';
import { describe, expect, it, vi } from 'vitest';
import type { TerminalSize } from '#core/contract/terminals.ts';
import type { Pty } from '#core/hosts/host.ts';
import { PageInHand, textOf } from './pageInHand.ts';
import { TerminalSession } from './terminalSession.ts';

const size = { columns: 80, rows: 24 };
const decoder = new TextDecoder();
const bytes = (text: string) => new TextEncoder().encode(text);

/** A pseudo-terminal whose program is the test. */
class ProgramInHand implements Pty {
  readonly processId = 1;
  input = '';
  sizes: TerminalSize[] = [];
  isPaused = false;
  isDisposed = false;
  #onData: (bytes: Uint8Array) => void = () => undefined;
  #onExit: Parameters<Pty['onExit']>[0] = () => undefined;

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData = listener;
  }
  onExit(listener: Parameters<Pty['onExit']>[0]): void {
    this.#onExit = listener;
  }
  write(data: Uint8Array): void {
    this.input += decoder.decode(data);
  }
  resize(to: TerminalSize): void {
    this.sizes.push(to);
  }
  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
  }
  dispose(): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }
  print(text: string): void {
    this.#onData(bytes(text));
  }
  exit(exitStatus: number): void {
    this.#onExit({ exitStatus, signal: null });
  }
}

function startSession() {
  const program = new ProgramInHand();
  const session = new TerminalSession({ pty: program, size, scrollbackLines: 1000 });
  return { program, session };
}

async function attachPage(session: TerminalSession, at: TerminalSize = size): Promise<PageInHand> {
  const page = new PageInHand();
  session.attach(page);
  page.say({ type: 'attach', size: at });
  await vi.waitFor(() => expect(page.messages[0]?.type).toBe('snapshot'), 20_000);
  return page;
}

describe('TerminalSession', { timeout: 30_000 }, () => {
  it('gives a page that comes later what was printed before, and then what follows', async () => {
    const { program, session } = startSession();
    program.print('before\r\n');
    const page = await attachPage(session);
    program.print('after\r\n');
    expect(await page.shows()).toBe('before\nafter');
    page.type('ls\r');
    expect(program.input).toBe('ls\r');
  });

  it('holds the program back above 2 MiB unacknowledged, until below 512 KiB', async () => {
    const { program, session } = startSession();
    const page = await attachPage(session);
    const chunk = `${'x'.repeat(78)}\r\n`.repeat(1024);
    while (!program.isPaused) program.print(chunk);
    expect(page.received).toBeGreaterThan(2 * 1024 * 1024);
    expect(page.received).toBeLessThan(2 * 1024 * 1024 + 2 * chunk.length);
    page.say({ type: 'acknowledge', bytes: page.received - 600 * 1024 });
    expect(program.isPaused).toBe(true);
    page.say({ type: 'acknowledge', bytes: 100 * 1024 });
    expect(program.isPaused).toBe(false);
  });

  it('lets the program go on when a page that was behind goes away', async () => {
    const { program, session } = startSession();
    const page = await attachPage(session);
    while (!program.isPaused) program.print('x'.repeat(65_536));
    page.close();
    await vi.waitFor(() => expect(program.isPaused).toBe(false));
  });

  it('keeps the end of a flood that no page saw, exactly', async () => {
    const { program, session } = startSession();
    const straight = new Terminal({ cols: 80, rows: 24, scrollback: 1000, allowProposedApi: true });
    for (let line = 0; line < 200_000; line += 1) {
      const text = `\x1b[3${line % 8}mline ${line}\x1b[0m of a log that nobody reads\r\n`;
      program.print(text);
      straight.write(text);
    }
    const page = await attachPage(session);
    await new Promise<void>((done) => straight.write('', done));
    expect(await page.shows()).toBe(textOf(straight));
  });

  it.each([
    ['scroll margins', '\x1b[5;10r\x1b[5;1H'],
    ['the alternate screen', '\x1b[?1049h\x1b[2J\x1b[H'],
  ])('parses a flood for real where lines do not scroll away: %s', async (_, mode) => {
    const { program, session } = startSession();
    const straight = new Terminal({ cols: 80, rows: 24, scrollback: 1000, allowProposedApi: true });
    const print = (text: string) => {
      program.print(text);
      straight.write(text);
    };
    print(`first line\r\n${mode}`);
    for (let line = 0; line < 60_000; line += 1) print(`line ${line} in a window that scrolls by itself\r\n`);
    const page = await attachPage(session);
    await new Promise<void>((done) => straight.write('', done));
    expect(await page.shows()).toBe(textOf(straight));
  });

  it('answers questions of a program only while no page is there to do so', async () => {
    const { program, session } = startSession();
    program.print('\x1b[6n');
    await vi.waitFor(() => expect(program.input).toBe('\x1b[1;1R'));
    const page = await attachPage(session);
    program.print('\x1b[6n');
    page.close();
    program.print('x\x1b[6n');
    await vi.waitFor(() => expect(program.input).toBe('\x1b[1;1R\x1b[1;2R'));
  });

  it('lets only one of several pages answer', async () => {
    const { program, session } = startSession();
    const first = await attachPage(session);
    const second = await attachPage(session);
    first.type('\x1b[1;1R');
    second.type('\x1b[1;1R');
    first.type('\x1b[A');
    expect(program.input).toBe('\x1b[1;1R\x1b[A');
    second.close();
    first.type('\x1b[?1;2c');
    expect(program.input).toBe('\x1b[1;1R\x1b[A\x1b[?1;2c');
  });

  it('restores modes and the cursor', async () => {
    const { program, session } = startSession();
    program.print('\x1b[?1000h\x1b[?1006h\x1b[?2004h\x1b[?25l\x1b[4;12r\x1b[6;7H');
    const page = await attachPage(session);
    await page.shows();
    const { modes, buffer } = page.screen;
    expect([modes.mouseTrackingMode, modes.bracketedPasteMode]).toEqual(['vt200', true]);
    expect([buffer.active.cursorY, buffer.active.cursorX]).toEqual([5, 6]);
    const snapshot = page.messages[0];
    expect(snapshot).toMatchObject({ data: expect.stringMatching(/\?1006h.*\?25l.*4;12r/s) });
  });

  it('takes the size of the page that resized last, and shows it to the others', async () => {
    const { program, session } = startSession();
    const first = await attachPage(session);
    const second = await attachPage(session, { columns: 100, rows: 30 });
    await vi.waitFor(() => expect(first.messages).toHaveLength(2));
    expect(first.messages[1]).toMatchObject({ type: 'snapshot', size: { columns: 100, rows: 30 } });
    first.say({ type: 'resize', size: { columns: 60, rows: 20 } });
    await vi.waitFor(() => expect(second.messages).toHaveLength(2));
    expect(program.sizes).toEqual([
      { columns: 100, rows: 30 },
      { columns: 60, rows: 20 },
    ]);
  });

  it('keeps the screen and the exit status of a program that has ended', async () => {
    const { program, session } = startSession();
    const page = await attachPage(session);
    program.print('FATAL: no such image\r\n');
    program.exit(255);
    expect(page.messages.at(-1)).toEqual({ type: 'ended', exitStatus: 255, signal: null });
    const late = await attachPage(session);
    expect(await late.shows()).toBe('FATAL: no such image');
    expect(late.messages.at(-1)).toEqual({ type: 'ended', exitStatus: 255, signal: null });
  });

  it('types for the person once the prompt is there, without Enter', () => {
    const { program, session } = startSession();
    session.typeAtFirstOutput('sudo apt-get install -y apptainer');
    expect(program.input).toBe('');
    program.print('$ ');
    program.print('sudo');
    expect(program.input).toBe('sudo apt-get install -y apptainer');
  });

  it('closes the channel of whoever does not speak the protocol', () => {
    const { session } = startSession();
    const page = new PageInHand();
    session.attach(page);
    page.sayAnything({ type: 'resize', size: { columns: -1, rows: 1e9 } });
    expect(page.isClosed).toBe(true);
  });

  it('tells its pages when it is closed', async () => {
    const { program, session } = startSession();
    const page = await attachPage(session);
    await session.dispose();
    expect([page.messages.at(-1), page.isClosed, program.isDisposed]).toEqual([{ type: 'gone' }, true, true]);
  });
});
