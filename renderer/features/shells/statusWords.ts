import type { Host } from '#core/contract/hosts.ts';
import type { Terminal } from '#core/contract/terminals.ts';
import { textOf } from '#renderer/i18n/i18n.ts';

/**
 * Whether the line to the host took the terminal with it: core tells a cut line as a hang-up without an exit status
 * (a program that ended there reports one), and ssh's own failure is 255 while the host is out of reach.
 */
export function isLineLost({ ended }: Terminal, host: Host | null): boolean {
  if (ended === null || host?.kind !== 'ssh') return false;
  if (ended.exitStatus === null) return ended.signal === null || ended.signal === 'SIGHUP';
  return ended.exitStatus === 255 && host.connection.state === 'lost';
}

/** `running`, `exit 3`, `ended by SIGKILL`, `connection lost`. */
export function statusWords(terminal: Terminal, host: Host | null): string {
  const { ended } = terminal;
  if (ended === null) return textOf('shells:running');
  if (isLineLost(terminal, host)) return textOf('shells:lineLost');
  if (ended.signal !== null) return textOf('shells:signalled', { signal: ended.signal });
  return textOf('shells:exited', { status: ended.exitStatus ?? '?' });
}

/** A sentence on how it ended. */
export function endedSentence(terminal: Terminal, host: Host | null): string {
  const { ended } = terminal;
  if (isLineLost(terminal, host))
    return textOf('shells:ended.line', { host: host?.label ?? terminal.hostId });
  if (ended?.signal != null) return textOf('shells:ended.signal', { signal: ended.signal });
  if (ended?.exitStatus === 0) return textOf('shells:ended.ok');
  return textOf('shells:ended.failed', { status: ended?.exitStatus ?? '?' });
}
