import type { ErrorCode } from '#core/contract/errors.ts';
import type { HostId } from '#core/contract/ids.ts';
import { type ErrorFacts, type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';

/** What is known about a host when its ssh fails. */
export interface SshFailureFacts {
  readonly hostId: HostId;
  /** Its label. */
  readonly host: string;
  /** `alice@login.example.org:22`, or the destination where it was not resolved. */
  readonly address: string;
  /** How long ssh was told to wait for the machine. */
  readonly seconds?: number;
}

interface FailureRule {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** Only as ssh's very last words: a server's banner could hold the same line. */
  readonly isEnding?: true;
  readonly facts?: (match: RegExpExecArray, text: string) => ErrorFacts;
}

/** What ssh adds when the program that made the connection for it ended. */
const proxyEnd =
  /(?:\n(?:stdio forwarding failed|(?:kex|ssh)_exchange_identification: .*|Connection closed by UNKNOWN port 65535))+$(?![\s\S])/m;
const isBehindProxy = /^Connection closed by UNKNOWN port 65535$/m;

/** What a channel's ssh says in place of connecting anew when the shared connection is gone (sshOptions.ts). */
export const goneWords = 'The shared connection is gone';

/**
 * ssh's last words → codes, the first match wins. Each pattern is a whole line, as OpenSSH 9.2 prints it (checked
 * against recorded and provoked output in the tests): a banner or a startup file can say anything before.
 */
const rules: readonly FailureRule[] = [
  {
    code: 'host.keyChanged',
    pattern:
      /^Host key for .* has changed and you have requested strict checking\.\nHost key verification failed\.$(?![\s\S])/m,
    isEnding: true,
    facts: (_, text) => changedKey(text),
  },
  { code: 'host.keyUnknown', pattern: /^Host key verification failed\.$(?![\s\S])/m, isEnding: true },
  {
    code: 'host.authenticationFailed',
    pattern: /^(?:(\S+@\S+): )?Permission denied \(([a-z0-9,@.-]*)\)\.$(?![\s\S])/m,
    isEnding: true,
    facts: (match, text) => ({
      methods: (match[2] ?? '').replaceAll(',', ', '),
      // Not the host itself but one on the way to it.
      ...(isBehindProxy.test(text) ? named(match[1]) : {}),
    }),
  },
  {
    code: 'host.authenticationFailed',
    pattern: /^Received disconnect from .*: Too many authentication failures$/m,
  },
  {
    code: 'host.nameUnknown',
    pattern: /^ssh: Could not resolve hostname (.*): .*$/m,
    facts: (match) => named(match[1]),
  },
  {
    code: 'host.connectionRefused',
    pattern: /^ssh: connect to host (.*) port (\d+): Connection refused$/m,
    facts: (match) => named(`${match[1]}:${match[2]}`),
  },
  {
    code: 'host.connectionRefused',
    pattern: /^channel \d+: open failed: connect failed: Connection refused$/m,
  },
  {
    code: 'host.nameUnknown',
    pattern:
      /^channel \d+: open failed: (?:connect|administratively prohibited).*(?:Name or service not known|Temporary failure in name resolution)$/m,
  },
  {
    code: 'host.timeout',
    pattern:
      /^ssh: connect to host (.*) port (\d+): (?:(?:Connection|Operation) timed out|No route to host|Network is unreachable|Host is unreachable)$/m,
    facts: (match) => named(`${match[1]}:${match[2]}`),
  },
  { code: 'host.timeout', pattern: /^Connection timed out during banner exchange$/m },
  {
    code: 'host.timeout',
    pattern: /^channel \d+: open failed: connect failed: (?:Connection timed out|No route to host)$/m,
  },
  {
    code: 'host.tooManySessions',
    pattern: /^mux_client_request_session: session request failed: .*$/m,
  },
  { code: 'host.connectionLost', pattern: /^Timeout, server .* not responding\.$/m },
  {
    code: 'host.connectionLost',
    pattern:
      /^(?:client_loop: send disconnect: .*|Connection to .* closed by remote host\.|mux_client_\w+: (?:read from master failed|master hello exchange failed).*|Read from remote host .*)$/m,
  },
  { code: 'host.connectionLost', pattern: new RegExp(`^${goneWords}$`, 'm') },
  {
    code: 'host.sshFailed',
    pattern: /^Connection closed by UNKNOWN port 65535$/m,
    facts: (_, text) => ({ reason: beforeExchange(text) }),
  },
  // sshd drops new connections without a word when MaxStartups is reached, before it says who it is.
  {
    code: 'host.tooManySessions',
    pattern:
      /^(?:kex_exchange_identification|ssh_exchange_identification): (?:read: )?(?:Connection closed by remote host|Connection reset by peer)$/m,
  },
];

/** How much of the end is looked at: ssh says why last. */
const lastLines = 24;

/**
 * What ssh's own words and exit status (255) mean. `stderr` may begin with anything; with nothing known in it the code
 * is host.sshFailed with its last line as the reason.
 */
export function explainSshFailure(
  stderr: string,
  exitStatus: number | null,
  { hostId, host, address, seconds }: SshFailureFacts,
): WorkbenchError {
  const lines = stderr
    .replaceAll('\r', '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const text = lines.slice(-lastLines).join('\n');
  const ending = text.replace(proxyEnd, '');
  const where = { hostId, evidence: stderr, exitStatus };
  for (const { code, pattern, isEnding, facts } of rules) {
    const match = pattern.exec(isEnding === true ? ending : text);
    if (match === null) continue;
    const waited = match[0].includes('timed out') && seconds !== undefined ? { seconds } : {};
    return workbenchError(code, { host, address, ...waited, ...facts?.(match, text) }, where);
  }
  return workbenchError('host.sshFailed', { host, address, reason: lines.at(-1) ?? null }, where);
}

function named(address: string | undefined): ErrorFacts {
  return address === undefined ? {} : { address };
}

/** What a ProxyCommand said before it ended; the two lines after it are ssh's about its closed pipe. */
function beforeExchange(text: string): string {
  const lines = text
    .split('\n')
    .filter((line) => !/^(?:kex_|ssh_)exchange_identification: |UNKNOWN port/.test(line));
  return lines.at(-1) ?? 'the proxy on the way to it ended';
}

/** The facts in ssh's warning of a changed key (sshconnect.c, warn_changed_key and what follows it). */
function changedKey(text: string): ErrorFacts {
  const shown = /^The fingerprint for the (\S+) key sent by the remote host is\n(SHA256:\S+?)\.?$/m.exec(
    text,
  );
  const offending = /^Offending \S+ key in (.*):(\d+)$/m.exec(text);
  return {
    algorithm: shown?.[1] ?? null,
    fingerprint: shown?.[2] ?? null,
    file: offending?.[1] ?? null,
    line: offending === null ? null : Number(offending[2]),
  };
}
