import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { version } from '#core/version.ts';
import { runCommandLine } from './runCommandLine.ts';

/** Runs a command line that must not get as far as the core. */
async function run(...words: string[]) {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const status = await runCommandLine(words, {
    stdin: Readable.from(['secret\n']),
    stdout: output('stdout'),
    stderr: output('stderr'),
    workingFolder: '/',
    openCore: () => Promise.reject(new Error('the core was asked for')),
    onInterrupt: () => () => undefined,
    askSecret: () => Promise.resolve(null),
    holdInterrupts: () => () => undefined,
  });
  return { status, ...written };
}

const commands = ['pull', 'push', 'list', 'inspect', 'shell', 'exec', 'run', 'clean', 'doctor', 'serve'];

test('--help lists every command and every exit status, on standard output', async () => {
  const { status, stdout, stderr } = await run('--help');
  expect(status).toBe(0);
  expect(stderr).toBe('');
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  for (const number of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '125', '130']) {
    expect(stdout).toContain(number);
  }
});

test.each(commands)('%s --help says how to use it', async (command) => {
  const { status, stdout } = await run(command, '--help');
  expect(status).toBe(0);
  expect(stdout).toContain(`Usage: mysingularity ${command}`);
  expect(stdout).toContain('--json');
  expect(stdout).toContain('--verbose');
});

test('--version is the version of the package', async () => {
  expect(await run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['frobnicate'], 'unknown command'],
  [['pull'], "missing required argument 'reference'"],
  [['list', '--frobnicate'], 'unknown option'],
  [['push'], "missing required argument 'image'"],
  [['workspace', 'create'], "missing required argument 'name'"],
  [['workspace', 'create', '../x'], 'is no name of a workspace'],
  [['workspace', 'describe', 'x'], '--name, --description or both'],
  [['push', 'a.sif'], 'expected IMAGE… HOST[:PATH]'],
  [['push', 'a.sif', ':b'], 'expected HOST[:PATH]'],
  [['clean', '--host', 'a'], 'unknown option'],
  [['list', 'more'], 'too many arguments'],
  [['pull', 'docker://a', '--compression', 'lzma'], 'Allowed choices'],
  [['exec', 'a.sif'], "missing required argument 'command'"],
  [['exec', '--isolation', 'none', 'a.sif', 'ls'], 'Allowed choices'],
  [['serve', '--port', '70000'], 'Expected 0 to 65535'],
  [['serve', '--port', '-1'], 'Expected 0 to 65535'],
  [['clean', '--keep-days', 'x'], 'Expected a number of days'],
  [['clean', '--dry-run', '--yes'], 'cannot be used with'],
  [['pull', 'docker://a', '--user', 'me'], '--user needs --password-stdin'],
  [['pull', 'docker://a', '--password-stdin'], '--password-stdin needs --user'],
  [['exec', '--bind', ':/x', 'a.sif', 'ls'], 'expected SOURCE'],
  [['exec', '--bind', '/a:/b:rx', 'a.sif', 'ls'], 'expected SOURCE'],
  [['exec', '--bind', '/a:b', 'a.sif', 'ls'], 'must begin with /'],
  [['run', '--env', '1A=x', 'a.sif'], 'expected NAME=VALUE'],
  [['run', '--env', 'A', 'a.sif'], 'expected NAME=VALUE'],
  [['shell', '--nv', '--rocm', 'a.sif'], 'exclude each other'],
])('%j is a usage error', async (words, message) => {
  const { status, stdout, stderr } = await run(...words);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
});

test.each(['pull', 'list', 'inspect', 'shell', 'exec', 'run', 'doctor'])(
  '%s takes a host',
  async (command) => {
    expect((await run(command, '--help')).stdout).toContain('--host <name>');
  },
);

test('without a command it shows the help and fails as a usage error', async () => {
  const { status, stderr } = await run();
  expect(status).toBe(2);
  expect(stderr).toContain('Usage: mysingularity');
});

test('what cannot be started by exec is 125, elsewhere 1', async () => {
  expect(await run('exec', '/bin/sh', '--help')).toMatchObject({ status: 125, stdout: '' });
  expect((await run('doctor')).status).toBe(1);
});

test('with --json a failure is one JSON document', async () => {
  const { status, stdout, stderr } = await run('list', '--json');
  expect(status).toBe(1);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ type: 'failed', error: { code: 'internal' } });
});
