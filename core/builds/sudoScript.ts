import type { HostPath } from '#core/contract/hostPath.ts';
import type { Launch } from '#core/hosts/launch.ts';
import { pathWord, quoteWord } from '#core/runtime/shellWords.ts';

/** A build as root, as the script that sudo starts does it. */
export interface SudoScript {
  /** The command with its whole environment, as root runs it. */
  readonly launch: Launch;
  /** Made by root, with everything in it that is root's, and removed at the end whatever the end is. */
  readonly rootFolder: HostPath;
  /** HOME of the command, in the root folder. */
  readonly home: HostPath;
  /** What the home begins with; null for nothing. */
  readonly homeSource: HostPath | null;
  readonly temporaryFolder: HostPath;
  /** What the command makes, in the root folder. */
  readonly made: HostPath;
  /** Where it goes when it is whole and the person's own; on the same file system. */
  readonly output: HostPath;
  /** Written once sudo has let us in: what stood before it may hold what was typed. */
  readonly marker: string;
}

/**
 * Text of the script. The command runs in a session of its own, so that it can be ended as a whole: on Ctrl-C, and when
 * the terminal hangs up, which the kernel sees to also when the workbench is killed.
 */
export function sudoScriptText(script: SudoScript): string {
  const { launch } = script;
  const words = [launch.file, ...launch.args].map(quoteWord).join(' ');
  const variables = Object.entries(launch.environment).map(
    ([name, value]) => `export ${name}=${quoteWord(value)}`,
  );
  return `umask 022
root=${pathWord(script.rootFolder)}
made=${pathWord(script.made)}
build=
finish() {
  status=$?
  trap - EXIT
  trap '' HUP INT TERM
  if [ -n "$build" ]; then
    kill -s TERM -- "-$build"
    setsid -- /bin/sh -c 'sleep 3; kill -s KILL -- "-$0"' "$build" </dev/null >/dev/null 2>&1 &
    patience=$!
    wait "$build"
    kill -s KILL -- "-$build" "-$patience"
  fi 2>/dev/null
  rm -rf --one-file-system -- "$root"
  exit "$status"
}
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
stty -echo 2>/dev/null
printf '%s' ${quoteWord(script.marker)}
trap finish EXIT
mkdir -m 700 -- "$root" || exit 125
${
  script.homeSource === null
    ? `mkdir -m 700 -- ${pathWord(script.home)}`
    : `cp -R -- ${pathWord(script.homeSource)} ${pathWord(script.home)}`
} || exit 125
mkdir -m 700 -- ${pathWord(script.temporaryFolder)} || exit 125
${variables.join('\n')}
setsid -- ${words} </dev/null &
build=$!
wait "$build"
status=$?
build=
[ "$status" = 0 ] || exit "$status"
chown -RhP -- "$SUDO_UID:$SUDO_GID" "$made" && mv -T -- "$made" ${pathWord(script.output)} || exit 125
exit 0
`;
}
