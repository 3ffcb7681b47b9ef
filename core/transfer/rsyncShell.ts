import { newMarker } from '#core/hosts/ssh/fence.ts';
import type { SshChannel } from '#core/hosts/ssh/sshConnection.ts';
import { quoteWord } from '#core/runtime/shellWords.ts';

/**
 * What rsync runs as its remote shell: ssh on our channel, without what startup files print before the server speaks.
 * Reading a line takes no byte behind it. Its arguments are the host that we named `x`, and the words of the server.
 */
const remoteShell = `shift
case "$*" in *[!A-Za-z0-9=,./_\\ -]*) echo "unexpected words: $*" >&2; exit 2 ;; esac
remote="exec /bin/sh -c 'echo; echo $MYSINGULARITY_MARK; exec $*'"
exec 3>&1
status=$({ { eval "$MYSINGULARITY_SSH \\"\\$remote\\"" 3>&-; echo $? >&4; } | {
  while IFS= read -r line; do [ "$line" = "$MYSINGULARITY_MARK" ] && exec cat >&3; done
} } 4>&1)
exit "$status"`;

/** Value of rsync's `-e`; the environment of `rsyncShellEnvironment` goes with it. */
export const rsyncShell = `/bin/sh -c 'eval "$MYSINGULARITY_REMOTE_SHELL"' rsh`;

/** What an rsync needs that speaks over a channel; the other end is called `x`. */
export function rsyncShellEnvironment(channel: SshChannel): Readonly<Record<string, string>> {
  return {
    ...channel.environment,
    LC_ALL: 'C',
    MYSINGULARITY_REMOTE_SHELL: remoteShell,
    MYSINGULARITY_SSH: sshWords(channel),
    MYSINGULARITY_MARK: newMarker(),
  };
}

/** ssh on a channel, up to the remote command, as shell words. */
export function sshWords({ program, args }: SshChannel): string {
  return [program, '-T', '-e', 'none', ...args].map(quoteWord).join(' ');
}

/** How rsync ends when its line was cut: socket and protocol stream, timeout, the remote shell. */
export const cutStatuses: readonly number[] = [10, 12, 30, 255];
