import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HostPath, hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { type CommandSpec, commandSpec } from '#core/runtime/commandSpec.ts';
import type { Host, Pty } from '../host.ts';
import { openSshHost } from './createSshHost.ts';
import { type Master, openMaster } from './master.fixture.ts';

const seen: string[] = [];
const observer = {
  started: (hostId: string, spec: CommandSpec) => ({
    ended: (status: number | null) => seen.push(`${hostId} ${spec.purpose}: ${status}`),
  }),
};
const size = { columns: 80, rows: 24 };
const hostileName = Uint8Array.of(0x2d, 0x20, 0x27, 0x22, 0x0a, 0xff, 0x24, 0x28, 0x29, 0x5c, 0x0a);

function shell(script: string, ...args: Parameters<typeof commandSpec>[1]): CommandSpec {
  return commandSpec('/bin/sh', ['-c', script, 'sh', ...args], { purpose: 'test' });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return thrown instanceof WorkbenchError ? thrown.report.code : String(thrown);
}

/** All that a terminal gives until its end. */
async function collect(pty: Pty) {
  const chunks: Buffer[] = [];
  pty.onData((bytes) => chunks.push(Buffer.from(bytes)));
  const end = await new Promise<Parameters<Parameters<Pty['onExit']>[0]>[0]>((resolve) =>
    pty.onExit(resolve),
  );
  return { text: Buffer.concat(chunks).toString('utf8'), end };
}

/** Resolves when the terminal's output holds `word`. */
function hears(pty: Pty, word: string): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    pty.onData((bytes) => {
      text += Buffer.from(bytes).toString('utf8');
      if (text.includes(word)) resolve(text);
    });
  });
}

const send = (pty: Pty, text: string) => pty.write(Buffer.from(text));

describe.each([
  ['cluster', '/home/alice'],
  ['cluster-bob', '/srv/people/bob'],
  ['cluster-carol', '/home/carol'],
])('host %s', (name, home) => {
  let master: Master;
  let host: Host;
  let initLines = 'export FROM_INIT="it\'s set"; export APPTAINER_BIND=/scratch';
  let folder: HostPath;

  /** Whether a process of the host runs (zombies do not). */
  const runs = async (processId: number | string) =>
    (
      await host.run(
        shell('case $(cat /proc/$1/stat 2>/dev/null) in ""|*") Z "*) exit 1;; esac', `${processId}`),
        { isQuiet: true },
      )
    ).exitStatus === 0;

  beforeAll(async () => {
    master = await openMaster(name);
    host = await openSshHost({
      id: master.hostId,
      label: name,
      connection: master,
      observer,
      initLines: () => initLines,
    });
    folder = await host.files.makeTemporaryFolder(hostPathFromText('/tmp'), 'ssh-host-');
  });
  afterAll(async () => {
    await host.files.remove(folder);
    await master.dispose();
  });

  it('knows its home, whatever the login shell and its startup files print', async () => {
    expect(host).toMatchObject({ kind: 'ssh', homeFolder: home });
    expect((await host.run(shell('pwd'))).stdout).toBe(`${home}\n`);
  });

  it('gives output, lines and true exit statuses, also 255, and tells the command log', async () => {
    for (const status of [0, 7, 126, 127, 255]) {
      const lines: string[] = [];
      const outcome = await host.run(shell(`cat; echo err >&2; exit ${status}`), {
        stdin: 'a\nb',
        onLine: (line, stream) => lines.push(`${stream} ${line}`),
      });
      expect(outcome).toMatchObject({ exitStatus: status, stdout: 'a\nb', stderr: 'err\n' });
      expect(lines.sort()).toEqual(['stderr err', 'stdout a', 'stdout b']);
      expect(seen.at(-1)).toBe(`${name} test: ${status}`);
    }
    expect(master.losses()).toBe(0);
  });

  it('runs in the environment of a login and the init lines, without what changes the runtime', async () => {
    const print = shell('echo "$FROM_INIT|$APPTAINER_BIND|$LC_ALL|$OWN"');
    const spec = { ...print, environment: { OWN: { secret: "a'b" } } };
    for (const isQuiet of [true, false]) {
      expect((await host.run(spec, { isQuiet })).stdout).toBe("it's set|||a'b\n");
    }
    initLines = 'export FROM_INIT=changed';
    expect((await host.run(print)).stdout).toBe('changed|||\n');
    initLines = 'exit 3';
    expect((await host.run(print)).stdout).toBe('|||\n');
    initLines = '';
  });

  it('shows no secret in the process list', async () => {
    const spec = {
      ...shell('cat /proc/$PPID/cmdline /proc/*/cmdline 2>/dev/null'),
      environment: { OWN: { secret: 'hush-hush' } },
    };
    expect((await host.run(spec)).stdout).not.toContain('hush');
    const encoded = Buffer.from('hush-hush').toString('base64').slice(1, 10);
    expect((await host.run(spec)).stdout).not.toContain(encoded);
  });

  it('passes any bytes as words and working folder', async () => {
    const odd = joinPath(folder, hostPathFromBytes(hostileName));
    await host.files.makeFolder(odd);
    const check = shell('[ "$1" = "$NAME" ] && [ "$(pwd; echo .)" = "$1\n." ] && printf ok', { path: odd });
    for (const isQuiet of [true, false]) {
      const outcome = await host.run(
        { ...check, environment: { NAME: { path: odd } } },
        { workingFolder: odd, isQuiet },
      );
      expect(outcome.stdout).toBe('ok');
    }
  });

  it('passes big input and output', async () => {
    const stdin = Buffer.alloc(5_000_000, 'x\n');
    const outcome = await host.run(shell('cat'), { stdin, keepBytes: 10_000_000 });
    expect(outcome.stdout.length).toBe(stdin.length);
    const kept = await host.run(shell('head -c 30000000 /dev/zero | tr "\\0" y; echo end'), {
      keepBytes: 100,
    });
    expect(kept.stdout).toBe(`${'y'.repeat(96)}end\n`);
  });

  it('names what cannot be started', async () => {
    for (const isQuiet of [true, false]) {
      const run = (program: string) =>
        codeOf(host.run(commandSpec(program, [], { purpose: 'x' }), { isQuiet }));
      expect(await run('no-such-program')).toBe('host.commandMissing');
      expect(await run('/etc/passwd')).toBe('host.permissionDenied');
    }
  });

  it.each([true, false])('ends the whole remote group on abort (quiet: %s)', async (isQuiet) => {
    const abort = new AbortController();
    const note = joinPath(folder, hostPathFromText(`pids-${isQuiet}`));
    const running = host.run(
      shell('trap "" INT; sleep 1000 & echo $! $$ >"$1"; wait; sleep 1000', { path: note }),
      {
        signal: abort.signal,
        isQuiet,
      },
    );
    const told = running.catch((thrown: unknown) => thrown);
    let processes: string[] = [];
    while (processes.length < 2) {
      const [bytes] = await host.files.readMany([{ path: note, offset: 0, length: 100 }]);
      processes = bytes == null ? [] : Buffer.from(bytes).toString().trim().split(' ');
    }
    abort.abort(new Error('stop'));
    expect(await told).toMatchObject({ message: 'stop' });
    for (const processId of processes) expect(await runs(processId)).toBe(false);
    expect((await host.run(shell('echo on'), { isQuiet: true })).stdout).toBe('on\n');
  });

  it('gives a command a terminal of its size', async () => {
    const chunks: string[] = [];
    const outcome = await host.run(shell('stty size; [ -t 0 ] && [ -t 1 ] && exit 5'), {
      terminal: { columns: 111, rows: 33 },
      onChunk: (chunk) => chunks.push(chunk),
    });
    expect(outcome).toMatchObject({ exitStatus: 5, stdout: '33 111\r\n', stderr: '' });
    expect(chunks.join('')).toBe('33 111\r\n');
  });

  it('opens a terminal: every byte, its size and a new one, input, exit status', async () => {
    const flood = await host.openPty(shell('head -c 3000000 /dev/zero | tr "\\0" x; exit 3'), { size });
    const flooded = await collect(flood);
    expect([flooded.text.length, flooded.end]).toEqual([3_000_000, { exitStatus: 3, signal: null }]);

    const pty = await host.openPty(
      shell(
        'stty size; trap "stty size; exit" WINCH; echo "$TERM $COLORTERM"; read word; echo "got $word"; while :; do read line; done',
      ),
      { size },
    );
    let text = '';
    pty.onData((bytes) => {
      text += Buffer.from(bytes).toString('utf8');
    });
    const shows = (word: string) => vi.waitFor(() => expect(text).toContain(word), 10_000);
    const gone = new Promise((resolve) => pty.onExit(resolve));
    await shows('truecolor\r\n');
    send(pty, 'hello\n');
    await shows('got hello');
    pty.resize({ columns: 120, rows: 40 });
    await gone;
    expect(text).toMatch(/^24 80\r\nxterm-256color truecolor\r\nhello\r\ngot hello\r\n/);
    expect(text).toMatch(/40 120\r\n$/);
    expect(await codeOf(host.openPty(commandSpec('no-such-program', [], { purpose: 'x' }), { size }))).toBe(
      'host.commandMissing',
    );
  });

  it('passes an interrupt typed at the terminal, and keeps what came before anybody listened', async () => {
    const pty = await host.openPty(shell('printf early; sleep 1000'), { size });
    await hears(pty, 'early');
    const ended = new Promise<{ exitStatus: number | null }>((resolve) => pty.onExit(resolve));
    send(pty, '\u0003');
    expect((await ended).exitStatus).toBe(130);
  });

  it('hangs up a disposed terminal, also what ignores it', async () => {
    const pty = await host.openPty(shell('trap "" HUP; sleep 1000 & echo "child $!"; wait; sleep 1000'), {
      size,
    });
    const child = Number(/child (\d+)/.exec(await hears(pty, '\n'))?.[1]);
    expect(await runs(child)).toBe(true);
    await pty.dispose();
    expect([await runs(child), await runs(pty.processId)]).toEqual([false, false]);
  });

  it('tells of a cut line, and goes on over the next', async () => {
    const pty = await host.openPty(shell('echo on; sleep 300'), { size });
    await hears(pty, 'on');
    const hungUp = new Promise((resolve) => pty.onExit(resolve));
    let heard: (line: string) => void = () => undefined;
    const group = new Promise<string>((resolve) => {
      heard = resolve;
    });
    const running = codeOf(host.run(shell('cut -d " " -f 5 /proc/$$/stat; sleep 300'), { onLine: heard }));
    const survivor = await group;
    process.kill(master.processId, 'SIGKILL');
    expect(await running).toBe('host.connectionLost');
    expect(await hungUp).toEqual({ exitStatus: null, signal: 'SIGHUP' });
    expect(master.losses()).toBeGreaterThan(0);
    expect(await codeOf(host.files.stat(folder))).toMatch(/host\.(notConnected|connectionLost)/);
    await master.restart();
    expect(await host.files.stat(folder)).toMatchObject({ kind: 'folder' });
    expect((await host.run(shell('echo again'))).stdout).toBe('again\n');
    expect(await runs(pty.processId)).toBe(false);
    // A command without a terminal does not hear of the cut: end it, so that nothing of the test stays.
    await host.run(shell('kill -TERM "-$1"; kill -KILL "-$1"', survivor));
  });

  it('starts its shell again when somebody killed it', async () => {
    const { stdout } = await host.run(shell('echo $PPID'), { isQuiet: true });
    await host.run(shell('kill -9 "$1"', stdout.trim()));
    expect(await host.files.stat(folder)).toMatchObject({ kind: 'folder' });
  });

  it('tells a killed command from a cut line', async () => {
    const outcome = await host.run(shell('kill -9 $PPID 0; sleep 1'));
    expect(outcome).toMatchObject({ exitStatus: null, signal: 'SIGKILL' });
  });

  it('leaves nothing of all that on the host, not even a zombie', async () => {
    const left = shell('ps -o stat=,args= -u "$(id -u)" | grep -e "^Z" -e "sleep [31]00" | grep -v grep');
    await vi.waitFor(async () => expect((await host.run(left)).stdout).toBe(''), {
      timeout: 10_000,
      interval: 500,
    });
  });
});

describe('a login shell that ends', () => {
  it('is named, with what it printed', async () => {
    const master = await openMaster('cluster-nologin');
    const opening = openSshHost({
      id: master.hostId,
      label: 'nologin',
      connection: master,
      observer,
      initLines: () => '',
    });
    const thrown = await opening.catch((reason: unknown) => reason);
    await master.dispose();
    expect(thrown).toMatchObject({ report: { code: 'host.loginShell' } });
    expect(thrown).toMatchObject({ report: { evidence: expect.stringContaining('not available') } });
  });
});
