import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { createFence, newMarker, printMark } from './fence.ts';
import { environmentScript } from './remoteCommand.ts';
import { SilenceError, startRemote } from './remoteProcess.ts';
import { type ByteText, byteText, quoteBytes } from './remoteWords.ts';
import type { SshConnection } from './sshConnection.ts';

/** Environment variables of a process, values as bytes. */
export type RemoteVariables = ReadonlyMap<string, ByteText>;

const isName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What belongs to a shell or a session, not to the commands that we run. */
const ofTheShell = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL', 'TERM', 'COLUMNS', 'LINES', 'LC_ALL', initName()]);

function initName(): string {
  return 'MYSINGULARITY_INIT';
}

/** How long startup files and init lines may take; a `module load` on a busy login node takes some seconds. */
const loginLimitMs = 60_000;

/** NUL-separated `NAME=value` (as in /proc/PID/environ) → variables. Names that no shell could set are left out. */
export function parseEnvironment(bytes: Buffer): RemoteVariables {
  const variables = new Map<string, ByteText>();
  for (const entry of bytes.toString('latin1').split('\0')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(0, equals));
    if (isName.test(name)) variables.set(name, entry.slice(equals + 1));
  }
  return variables;
}

/**
 * Runs the startup files of a login shell and then the init lines, and gives the environment that they leave. bash
 * where there is one, whatever the account's own shell is: `module` comes from /etc/profile.d, and init lines are
 * written for it. Null when that shell ended before it could tell, or took more than a minute.
 */
export async function askLoginEnvironment(
  connection: SshConnection,
  initLines: string,
): Promise<RemoteVariables | null> {
  const marker = newMarker();
  let isTelling = false;
  let isTold = false;
  const told: Buffer[] = [];
  const fence = createFence(marker, {
    onData: (bytes) => {
      if (isTelling) told.push(Buffer.from(bytes));
    },
    onMark: ([kind]) => {
      isTelling = kind === 'V';
      isTold ||= kind === 'W';
    },
  });
  const tell = `tell() { ${printMark('V')}; cat /proc/self/environ; ${printMark('W')}; }`;
  const login = `m=${marker}; i=$${initName()}; unset ${initName()}; ${tell}; trap tell EXIT; eval "$i"`;
  const script = [
    `export ${initName()}=${quoteBytes(byteText(initLines))}`,
    'b=$(command -v bash) || b=/bin/sh',
    `exec "$b" -l -c ${quoteBytes(login)}`,
  ].join('\n');
  const process = await startRemote(connection, script, {
    use: 'work',
    stdin: '',
    onStdout: fence.add,
    onStderr: () => undefined, // what startup files say is for the person's own terminal
  });
  const limit = setTimeout(process.cut, loginLimitMs);
  try {
    await process.ended;
  } catch (thrown) {
    if (!(thrown instanceof SilenceError)) throw thrown;
    if (!thrown.end.hasBegun) throw thrown.explain();
  } finally {
    clearTimeout(limit);
  }
  fence.end();
  return isTold ? parseEnvironment(Buffer.concat(told)) : null;
}

/**
 * Shell lines that turn the environment of a bare command (`plain`, as sshd and the login shell make it) into the one of
 * a login, without the variables that would change what a command line means. Folders that only the bare one has in
 * its PATH stay at the end: startup files of other shells put them there.
 */
export function loginEnvironmentScript(plain: RemoteVariables, login: RemoteVariables | null): ByteText {
  const wanted = new Map(Object.entries(scrubbedEnvironment(Object.fromEntries(login ?? plain), null)));
  const own = plain.get('LC_ALL');
  const locale = login === null ? own : login.get('LC_ALL');
  const set = new Map<string, ByteText>();
  for (const [name, value] of wanted) {
    if (ofTheShell.has(name) || name.startsWith('SSH_')) continue;
    if (plain.get(name) !== value) set.set(name, value);
  }
  // Always given: our own scripts change these two.
  set.set('PATH', joinPaths(wanted.get('PATH'), plain.get('PATH')));
  if (locale !== undefined) set.set('LC_ALL', locale);
  const unset = [...plain.keys()].filter(
    (name) => !wanted.has(name) && !ofTheShell.has(name) && !name.startsWith('SSH_'),
  );
  return environmentScript(set, locale === undefined ? [...unset, 'LC_ALL'] : unset);
}

function joinPaths(first: ByteText | undefined, second: ByteText | undefined): ByteText {
  const folders = [first, second].flatMap((path) => path?.split(':') ?? []);
  return [...new Set(folders.filter((folder) => folder !== ''))].join(':') || '/usr/local/bin:/usr/bin:/bin';
}
