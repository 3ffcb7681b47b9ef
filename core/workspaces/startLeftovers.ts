import { type HostPath, hostPathFromBytes } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import { mustRun } from './treeScript.ts';

/** On another node nobody can ask for its processes: no start takes so long. */
const elsewhereKeptDays = 14;

/**
 * `DAYS PARENT…`: what killed starts of instances left in `leases` (`.start-NODE-PID-TICKS.*`, see `instanceScript`). They
 * are in use while that process lives, while somebody waits at the named pipe, while there is the lease that they lead to,
 * and while what serves the packed file runs. Says what went, each ended by NUL, as base64.
 */
const startLeftoversScript = String.raw`days=$1; shift
IFS= read -r here </proc/sys/kernel/hostname
case $here in '' | *[!A-Za-z0-9._-]*) here=node ;; esac
runs() { # PROCESS TICKS
case $1$2 in '' | *[!0-9]*) return 1 ;; esac
{ IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
want=$2; set -- ${'$'}{line##*)}; [ "${'$'}{20}" = "$want" ]
}
used() { # STEM
stem=; { IFS= read -r stem <"$1.lease"; } 2>/dev/null
[ -z "$stem" ] || [ ! -e "$stem.json" ] || return 0
rest=${'$'}{1##*/.start-}; ticks=${'$'}{rest##*-}; rest=${'$'}{rest%-*}; process=${'$'}{rest##*-}; node=${'$'}{rest%-*}
if [ "$node" != "$here" ]; then [ -n "$(find "$1".* -prune -mtime "-$days" 2>/dev/null | head -n 1)" ]; return; fi
runs "$process" "$ticks" && return
[ -p "$1.wait" ] && dd if=/dev/null of="$1.wait" oflag=nonblock conv=notrunc 2>/dev/null && return
server= since=; { IFS=' ' read -r server since <"$1.server"; } 2>/dev/null
runs "$server" "$since"
}
for p do for f in "$p"/*/leases/.start-*.wait "$p"/*/leases/.start-*.lease "$p"/*/leases/.start-*.server; do
[ -e "$f" ] && [ ! -L "$f" ] || continue
own=${'$'}{f%.*}
used "$own" && continue
rm -f -- "$own.wait" "$own.lease" "$own.server" && printf '%s\0' "$own"
done; done | base64`;

/** Removes what killed starts of instances left in the workspaces below some folders. Answers with what was there. */
export async function removeStartLeftovers(
  host: Host,
  parents: readonly HostPath[],
): Promise<readonly HostPath[]> {
  const [path] = parents;
  if (path === undefined) return [];
  const output = await mustRun(host, {
    purpose: 'Remove what unfinished starts left',
    script: startLeftoversScript,
    words: [String(elsewhereKeptDays), ...parents.map((parent) => ({ path: parent }))],
    byHand: null,
    path,
  });
  const names = Buffer.from(output, 'base64').toString('latin1').split('\0');
  return names.slice(0, -1).map((name) => hostPathFromBytes(Buffer.from(name, 'latin1')));
}
