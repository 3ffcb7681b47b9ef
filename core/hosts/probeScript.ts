import { machineProbe } from './probeScriptMachine.ts';
import { privilegeProbe } from './probeScriptPrivilege.ts';
import { runtimeProbe } from './probeScriptRuntime.ts';
import { storageProbe } from './probeScriptStorage.ts';

/**
 * The frame: `say KEY VALUE` prints one line, `has NAME` finds a program, `limit SECONDS COMMAND…` runs an outside
 * command that may hang (a dead mount, a busy scheduler) and kills it in time where the host has `timeout`.
 */
const frame = String.raw`
renice -n 10 $$ >/dev/null 2>&1 # the person waits for the page, not for this
LC_ALL=C; export LC_ALL
nl='
'
say() {
  v=$2
  case $v in *"$nl"*) v=$(printf '%s' "$v" | tr '\n' ' ');; esac
  printf '%s=%s\n' "$1" "$v"
}
has() { command -v "$1" || { [ -x "/usr/sbin/$1" ] && echo "/usr/sbin/$1"; } || { [ -x "/sbin/$1" ] && echo "/sbin/$1"; }; }
if timeout -s KILL 5 true; then limiter='timeout -s KILL'
elif timeout -s KILL -t 5 true; then limiter='timeout -s KILL -t'
else limiter=; fi
limit() {
  seconds=$1; shift
  if [ -n "$limiter" ]; then $limiter "$seconds" "$@"; else "$@"; fi
}
first() { sed -n 1p; }
user=$(id -un); uid=$(id -u)
[ -n "$HOME" ] || HOME=/
say machine "$(uname -m)"
say kernel "$(uname -r)"
say userName "$user"
say uid "$uid"
say groups "$(id -Gn)"
say hostName "$(uname -n)"
( . /etc/os-release; say osName "$PRETTY_NAME"; say osId "$ID"; say osLike "$ID_LIKE"; say osVersion "$VERSION_ID"; say osCodename "$VERSION_CODENAME" )
say libc "$(getconf GNU_LIBC_VERSION || ldd --version 2>&1 | first)"
`;

/**
 * One read-only look at a host, in POSIX sh and the usual small tools: lines of `key=value`, values on one line.
 * Nothing is changed; what cannot be asked prints an empty value or nothing. One round trip, also over ssh, for
 * `/bin/sh -s -- FOLDER` (the folder of images, may be missing), dash, bash or busybox alike. All of it is one function
 * with no input: a command inside cannot eat the rest of the script, and half a script does nothing.
 * Slow questions run side by side; each writes its lines in one piece.
 */
export const probeScript = `probe() {
${frame}${machineProbe.background}${storageProbe}${privilegeProbe}${runtimeProbe}${machineProbe.foreground}
wait
say complete yes
}
probe "$@" </dev/null 2>/dev/null
`;
