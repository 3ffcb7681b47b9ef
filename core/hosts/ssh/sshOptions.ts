import { readFileSync } from 'node:fs';
import type { ResolvedDestination } from './sshDestination.ts';
import { goneWords } from './sshFailures.ts';

/** Seconds for the machine to answer and agree on keys, not for a person to sign in. */
const connectSeconds = 15;
/** A gateway on the way may ask a person first, which counts for ssh as waiting for the machine. */
const proxiedConnectSeconds = 180;

/** A machine that says nothing is noticed after three questions without an answer and the wait for the first: 16 s. */
const aliveSeconds = 4;
const aliveCount = 3;

/**
 * What our calls need, whatever the person's configuration says. Signing in (keys, agents, Kerberos, proxies, known
 * hosts) stays as configured.
 */
export function commonOptions(resolved: ResolvedDestination): readonly string[] {
  return options({
    RemoteCommand: 'none',
    RequestTTY: 'no',
    ClearAllForwardings: 'yes',
    ForwardX11: 'no',
    Tunnel: 'no',
    PermitLocalCommand: 'no',
    EscapeChar: 'none',
    ...newerOptions(resolved),
  });
}

/** Options for whatever makes a connection of its own. `isSilent`: fails where anything would have to be asked. */
export function connectingOptions(resolved: ResolvedDestination, isSilent: boolean): readonly string[] {
  return options({
    BatchMode: isSilent ? 'yes' : 'no',
    StrictHostKeyChecking: 'ask',
    NumberOfPasswordPrompts: '1',
    VisualHostKey: 'no',
    ConnectTimeout: String(timeoutOf(resolved)),
    ServerAliveInterval: String(aliveSeconds),
    ServerAliveCountMax: String(aliveCount),
    // Below INFO ssh does not tell why a connection was closed.
    LogLevel: 'INFO',
    ...cipherOption(resolved),
  });
}

/**
 * Where nothing else is configured, the quickest of the ciphers that ssh would take anyway comes first: processors with
 * AES instructions move images up to twice as fast with it as with ssh's own first choice (measured with OpenSSH 9.2).
 */
function cipherOption({ settings }: ResolvedDestination): Readonly<Record<string, string>> {
  const ciphers = settings.get('ciphers');
  const isUsual = ciphers !== undefined && usualCiphers.test(ciphers);
  return isUsual && hasAes() ? { Ciphers: `^${quickCipher}` } : {};
}

const quickCipher = 'aes128-gcm@openssh.com';
/** The lists that ssh has without a configuration (myproposal.h): its own first choice, and all of AES behind it. */
const usualCiphers = /^chacha20-poly1305@openssh\.com,(?:aes(?:128|192|256)-(?:ctr|gcm@openssh\.com),?){5}$/;

let aes: boolean | null = null;

/** Whether this machine's processor has instructions for AES (Linux tells; elsewhere every recent one has). */
function hasAes(): boolean {
  aes ??= process.platform !== 'linux' || /^(?:flags|Features)\s*:.*\baes\b/m.test(cpuFacts());
  return aes;
}

function cpuFacts(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // not told: ssh's own choice stays
  }
}

/** Options for a connection that is there for others to share, at `socket`. */
export function masterOptions(socket: string): readonly string[] {
  return ['-M', '-N', '-S', socket, ...options({ ControlPersist: 'no' })];
}

/** Options that keep a connection from being shared, or from using one that is. */
export const unsharedOptions: readonly string[] = ['-S', 'none', ...options({ ControlMaster: 'no' })];

/**
 * Options for a session on the shared connection at `socket`. Where the master is gone or refuses, ssh would connect
 * anew by itself and sign in again: the ProxyCommand makes that fail, in words that sshFailures.ts knows.
 */
export function sharingOptions(socket: string): readonly string[] {
  return [
    '-S',
    socket,
    ...options({
      ControlMaster: 'no',
      BatchMode: 'yes',
      ProxyCommand: `sh -c "echo '${goneWords}' >&2"`,
      // What the person sees must be the command's own; the banner came when the connection was made.
      LogLevel: 'ERROR',
    }),
  ];
}

/** Seconds that ssh waits for the machine. */
export function timeoutOf(resolved: ResolvedDestination): number {
  return resolved.isProxied ? proxiedConnectSeconds : connectSeconds;
}

/** ssh before 8.7 does not know these and refuses names that it does not know, so only what is set is set back. */
function newerOptions({ settings }: ResolvedDestination): Readonly<Record<string, string>> {
  const usual = { SessionType: 'default', StdinNull: 'no', ForkAfterAuthentication: 'no' };
  return Object.fromEntries(
    Object.entries(usual).filter(([name, value]) => {
      const now = settings.get(name.toLowerCase());
      return now !== undefined && now !== value;
    }),
  );
}

function options(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
