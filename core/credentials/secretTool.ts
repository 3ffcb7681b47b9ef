import { spawn } from 'node:child_process';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { errnoOf } from '#core/hosts/fileErrors.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { type Keychain, keychainItem, parseKeychainItem } from './keychain.ts';

const service = 'mysingularity';
/** Somebody may have to type a password to unlock it. */
const answerMs = 60_000;
const checkMs = 3000;
/** So long an answer about being there counts. */
const checkedForMs = 30_000;
const outputLimitBytes = 256 * 1024;

interface Outcome {
  readonly exitStatus: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The Secret Service of a Linux desktop (GNOME Keyring, KWallet, KeePassXC) through libsecret's `secret-tool`: the secret
 * travels on stdin and stdout, never in argv. Source: secret-tool(1); the attributes are `service` and `registry`.
 */
export function createSecretTool(environment: Readonly<Record<string, string | undefined>>): Keychain {
  const scrubbed = scrubbedEnvironment(environment, null);
  const run = (args: readonly string[], options: RunOptions = {}) => runTool(args, scrubbed, options);
  let checked: { readonly at: number; readonly answer: Promise<Availability> } | null = null;
  const check = (): Promise<Availability> => {
    if (checked === null || performance.now() - checked.at > checkedForMs)
      checked = { at: performance.now(), answer: availability(scrubbed, run) };
    return checked.answer;
  };
  /** For a change: fails where there is none, and with what the tool said. */
  const must = async (args: readonly string[], stdin = ''): Promise<void> => {
    const { isAvailable, text } = await check();
    if (!isAvailable) throw workbenchError('registry.keychain', { reason: text });
    const outcome = await run(args, { stdin });
    if (outcome.exitStatus !== 0) throw workbenchError('registry.keychain', { reason: reasonOf(outcome) });
  };
  return {
    kind: 'Secret Service',
    isAvailable: check,
    async get(registry, signal) {
      if (!(await check()).isAvailable) return null;
      const outcome = await run(['lookup', ...attributes(registry)], signal === undefined ? {} : { signal });
      if (outcome.exitStatus === 0) return parseKeychainItem(outcome.stdout);
      // Status 1 without a word: there is none.
      if (outcome.exitStatus === 1 && outcome.stderr.trim() === '') return null;
      throw workbenchError('registry.keychain', { reason: reasonOf(outcome) });
    },
    async set(registry, credentials) {
      const label = `--label=MySingularity: ${registry}`;
      await must(['store', label, ...attributes(registry)], keychainItem(credentials));
    },
    async remove(registry) {
      if (!(await check()).isAvailable) return;
      const outcome = await run(['clear', ...attributes(registry)]);
      if (outcome.exitStatus !== 0 && outcome.stderr.trim() !== '')
        throw workbenchError('registry.keychain', { reason: reasonOf(outcome) });
    },
  };
}

type Availability = Awaited<ReturnType<Keychain['isAvailable']>>;

async function availability(
  environment: Readonly<Record<string, string>>,
  run: (args: readonly string[], options: RunOptions) => Promise<Outcome>,
): Promise<Availability> {
  const no = (why: string): Availability => ({ isAvailable: false, text: `No keychain: ${why}` });
  if ((environment['DBUS_SESSION_BUS_ADDRESS'] ?? '') === '')
    return no('this session has no message bus (DBUS_SESSION_BUS_ADDRESS is not set).');
  try {
    // Something that nobody has: without a Secret Service there is an error, not an empty answer.
    const outcome = await run(['search', 'service', `${service}-is-it-there`], { limitMs: checkMs });
    const { exitStatus, stderr } = outcome;
    if (exitStatus === 0 || (exitStatus !== null && stderr.trim() === ''))
      return { isAvailable: true, text: 'Passwords can be kept in the desktop’s keychain (Secret Service).' };
    return no(
      exitStatus === null
        ? 'the Secret Service does not answer.'
        : `no Secret Service answers (${firstLine(stderr)}).`,
    );
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT')
      return no('secret-tool is not installed (Debian: libsecret-tools; Fedora: libsecret).');
    throw thrown;
  }
}

function attributes(registry: string): readonly string[] {
  return ['service', service, 'registry', registry];
}

/** The tool's own words are about the service; it never prints a secret as an error. */
function reasonOf({ exitStatus, stderr }: Outcome): string {
  if (exitStatus === null) return 'The keychain did not answer; it may be waiting to be unlocked.';
  return firstLine(stderr) === '' ? `secret-tool ended with status ${exitStatus}.` : firstLine(stderr);
}

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.replace(/^secret-tool: /, '').slice(0, 300);
}

interface RunOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

/** Exit status null: it was ended because it took too long. Fails with node's error when it cannot be started. */
function runTool(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { stdin = '', signal, limitMs = answerMs }: RunOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('secret-tool', [...args], {
      env: { ...environment },
      stdio: 'pipe',
      killSignal: 'SIGKILL',
      timeout: limitMs,
      ...(signal === undefined ? {} : { signal }),
    });
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8');
      child[stream].on('data', (chunk: string) => {
        if (texts[stream].length < outputLimitBytes) texts[stream] += chunk;
      });
    }
    child.on('error', (thrown) => reject(signal?.aborted === true ? signal.reason : thrown));
    child.on('close', (exitStatus) => resolve({ exitStatus, ...texts }));
    child.stdin.on('error', () => undefined); // it ended without reading: its status tells
    child.stdin.end(stdin);
  });
}
