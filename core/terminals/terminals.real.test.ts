import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, terminalIdSchema } from '#core/contract/ids.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import type { Terminal, TerminalSubject } from '#core/contract/terminals.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { createLocalHost } from '#core/hosts/localHost.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { testbed } from '#e2e/testbed/testbed.ts';
import { PageInHand, textOf } from './pageInHand.ts';
import { createTerminals, type Terminals } from './terminals.ts';

const size = { columns: 80, rows: 24 };
const host = createLocalHost({
  environment: {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: process.env['HOME'] ?? tmpdir(),
    LANG: 'C.UTF-8',
  },
  observer: { started: () => ({ ended: () => undefined }) },
});
let image: HostPath;
let terminals: Terminals;

beforeAll(() => {
  image = hostPathFromText(testbed().tiny.sif);
});

function startTerminals(): Terminals {
  terminals = createTerminals({
    hosts: { open: async () => host },
    sandboxShell: () => Promise.reject(new Error('no sandbox in this test')),
    instanceShell: () => Promise.reject(new Error('no instance in this test')),
    resolveAction: (action) =>
      Promise.resolve(
        commandSpec('apptainer', [action.verb, { path: action.path }, ...action.args], { purpose: 'test' }),
      ),
    hostShellCommand: () => commandSpec('bash', ['--norc', '-i'], { purpose: 'test' }),
    installCommand: () => Promise.resolve('echo installed'),
    scrollbackLines: () => 1000,
  });
  return terminals;
}

afterEach(() => terminals.dispose());

const inImage = (verb: 'shell' | 'run' | 'exec', ...args: string[]): TerminalSubject => ({
  kind: 'container',
  action: { hostId: localHostId, path: image, verb, options: defaultActionOptions, args, workspace: null },
});

function attach(id: Terminal['id']): PageInHand {
  const page = new PageInHand();
  page.keepsUp = true;
  terminals.attach(id, page);
  page.say({ type: 'attach', size });
  return page;
}

async function waitForText(page: PageInHand, text: string | RegExp): Promise<void> {
  await vi.waitFor(async () => expect(await page.shows()).toMatch(text), { timeout: 20_000, interval: 50 });
}

async function endOf(id: Terminal['id']): Promise<NonNullable<Terminal['ended']>> {
  for await (const { terminals: list } of terminals.watch()) {
    const ended = list.find((terminal) => terminal.id === id)?.ended;
    if (ended) return ended;
  }
  throw new Error('the list ended before the terminal did');
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return thrown instanceof WorkbenchError ? thrown.report.code : String(thrown);
}

describe('terminals', () => {
  it('open a shell in an image that lives through a reload, screen and all', async () => {
    const terminal = await startTerminals().open(inImage('shell'), size);
    expect(terminal).toMatchObject({ title: 'tiny @ local', ended: null, hostId: 'local' });
    expect(terminal.command).toContain('apptainer shell');

    const before = attach(terminal.id);
    await waitForText(before, 'Apptainer>');
    before.type('for i in $(seq 1 300); do echo line $i; done; kept=yes\n');
    await waitForText(before, /line 300\nApptainer>$/);
    const seen = await before.shows();
    const cursor = [before.screen.buffer.active.cursorX, before.screen.buffer.active.cursorY];
    before.close();

    const after = attach(terminal.id);
    await waitForText(after, /line 300\nApptainer>$/);
    expect(await after.shows()).toBe(seen);
    expect([after.screen.buffer.active.cursorX, after.screen.buffer.active.cursorY]).toEqual(cursor);
    after.type('echo still $kept; exit 5\n');
    await waitForText(after, 'still yes');
    expect(await endOf(terminal.id)).toMatchObject({ exitStatus: 5, signal: null });
    expect(terminals.runningCount()).toBe(0);
  });

  it('runs on without a page: a shell that asks for the cursor position gets its answer', async () => {
    const terminal = await startTerminals().open(
      inImage('exec', 'sh', '-c', 'stty raw -echo; printf "ab\\033[6n"; head -c 6 | od -An -c; stty sane'),
      size,
    );
    expect(await endOf(terminal.id)).toMatchObject({ exitStatus: 0 });
    const page = attach(terminal.id);
    await waitForText(page, /033\s+\[\s+1\s+;\s+3\s+R/);
  });

  it('keep the words and the exit status of a container that dies at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'terminals-'));
    await chmod(folder, 0o755);
    const broken = join(folder, 'broken.sif');
    await writeFile(broken, 'this is not an image');
    const terminal = await startTerminals().open(
      {
        kind: 'container',
        action: {
          hostId: localHostId,
          path: hostPathFromText(broken),
          verb: 'shell',
          options: defaultActionOptions,
          args: [],
          workspace: null,
        },
      },
      size,
    );
    expect((await endOf(terminal.id)).exitStatus).toBe(255);
    const page = attach(terminal.id);
    await waitForText(page, 'FATAL');
    await vi.waitFor(() =>
      expect(page.messages.at(-1)).toEqual({ type: 'ended', exitStatus: 255, signal: null }),
    );
  });

  it('fail with a name where the image or the folder is not there', async () => {
    startTerminals();
    const gone = hostPathFromText('/no/such/image.sif');
    const action = {
      hostId: localHostId,
      path: gone,
      verb: 'shell',
      options: defaultActionOptions,
      args: [],
      workspace: null,
    } as const;
    expect(await codeOf(terminals.open({ kind: 'container', action: { ...action, args: [] } }, size))).toBe(
      'image.missing',
    );
    expect(await codeOf(terminals.open({ kind: 'hostShell', hostId: localHostId, folder: gone }, size))).toBe(
      'host.pathMissing',
    );
    expect(
      await codeOf(terminals.open({ kind: 'hostShell', hostId: localHostId, folder: image }, size)),
    ).toBe('host.notADirectory');
  });

  it('open a shell in a folder whose name is not UTF-8', async () => {
    const parent = hostPathFromText(await mkdtemp(join(tmpdir(), 'terminals-')));
    const folder = `${parent}/odd \\xff name` as HostPath;
    await host.files.makeFolder(folder);
    const terminal = await startTerminals().open({ kind: 'hostShell', hostId: localHostId, folder }, size);
    expect(terminal.title).toBe('bash @ local');
    const page = attach(terminal.id);
    page.type('pwd | tail -c 8 | od -An -tx1\n');
    await waitForText(page, '20 ff 20 6e 61 6d 65 0a');
  });

  it('type the install command, and leave Enter to the person', async () => {
    const terminal = await startTerminals().open({ kind: 'install', hostId: localHostId }, size);
    const page = attach(terminal.id);
    await waitForText(page, /echo installed$/);
    page.type('\r');
    await waitForText(page, /\ninstalled\n/);
  });

  it('give a page every byte of a flood, and the same screen to a page that comes after it', async () => {
    const terminal = await startTerminals().open(
      { kind: 'hostShell', hostId: localHostId, folder: null },
      size,
    );
    const page = attach(terminal.id);
    await waitForText(page, /\$$/);
    const before = page.received;
    page.type('yes "$(printf %078d 0)" | head -n 250000; echo end-$((20 + 3))\n');
    await vi.waitFor(async () => expect((await page.shows()).includes('end-23')).toBe(true), {
      timeout: 60_000,
      interval: 200,
    });
    expect(page.received - before).toBeGreaterThan(250_000 * 80);
    expect(page.received - before).toBeLessThan(250_000 * 80 + 2000);
    const late = attach(terminal.id);
    await waitForText(late, 'end-23');
    expect(textOf(late.screen).slice(-20_000)).toBe(textOf(page.screen).slice(-20_000));
  });

  it('rename, close and forget', async () => {
    const { id } = await startTerminals().open(inImage('shell'), size);
    const second = await terminals.open(inImage('shell'), size);
    expect(second.title).toBe('tiny 2 @ local');
    await terminals.close(second.id);
    terminals.rename(id, 'my shell');
    const first = await terminals.watch().next();
    expect(first.value?.terminals).toMatchObject([{ id, title: 'my shell' }]);
    const page = attach(id);
    await waitForText(page, 'Apptainer>');
    await terminals.close(id);
    expect(page.messages.at(-1)).toEqual({ type: 'gone' });
    const stranger = new PageInHand();
    terminals.attach(terminalIdSchema.parse('not-there-any-more'), stranger);
    expect([stranger.messages, stranger.isClosed]).toEqual([[{ type: 'gone' }], true]);
    expect(await codeOf(terminals.close(id))).toBe('terminal.unknown');
  });
});
