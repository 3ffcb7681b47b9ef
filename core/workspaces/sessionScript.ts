import { layeredStart, leaseNode } from './sessionPieces.ts';

/**
 * What a program with a workspace is started by: FOLDER TREE HEAD LAYER PROGRAM ARGUMENT…. It writes the lease
 * (`leases/<node>-<pid>-<start>.json`: HEAD is its first members, the rest is what only this process knows), and then becomes
 * the program, so that signals and exit statuses are the program's own and no process stands between. A child of it
 * waits, without polling, on a named pipe that ends with the program and all that it started, and removes the lease; it
 * is killed with its session at worst, and then the next start finds a lease whose process is gone, and removes it.
 * LAYER is what `layerWord` says.
 *
 * A workspace that cannot be written, such as another person's, has no lease: that hinders nobody.
 * Builtins of POSIX sh do nearly all of it: beside the shell itself a start pays for date, mkfifo, mv and rm.
 */
export const sessionScript = String.raw`
set -f
folder=$1 tree=$2 head=$3 layer=$4
shift 4
${leaseNode}
end_server() { # STEM of a lease: the squashfuse of a session that is over
  { IFS=' ' read -r server since <"$1.server"; } 2>/dev/null || return 0
  case $server$since in
  '' | *[!0-9]*) ;;
  *)
    comm=
    { IFS= read -r comm <"/proc/$server/comm"; } 2>/dev/null
    if [ "$comm" = squashfuse ] && started "$server" && [ "$ticks" = "$since" ]; then kill "$server"; fi
    ;;
  esac
  rm -f -- "$1.server"
}

end_mount() { # STEM of a lease: where the runtime was killed, its squashfuse of the image stays, and keeps our pipe open
  holders= others=
  for link in /proc/[0-9]*/fd/9; do
    [ -p "$link" ] || continue
    case $(readlink "$link") in */leases/"${'$'}{1##*/}".wait*) ;; *) continue ;; esac
    holder=${'$'}{link#/proc/}
    holder=${'$'}{holder%%/*}
    comm=
    { IFS= read -r comm <"/proc/$holder/comm"; } 2>/dev/null
    case $comm in squashfuse*) holders="$holders $holder" ;; *) others=yes ;; esac
  done
  # A program of the container that lives on still needs its image.
  [ -n "$others" ] || [ -z "$holders" ] || kill $holders
}

sweep() { # what sessions of this node left that were killed
  set +f
  for file in "$leases/$node"-*.json; do
    stem=${'$'}{file%.json}
    name=${'$'}{stem##*/}
    start=${'$'}{name##*-}
    name=${'$'}{name%-*}
    process=${'$'}{name##*-}
    case $process in '' | *[!0-9]*) continue ;; esac
    if started "$process" && [ "$ticks" = "$start" ]; then continue; fi
    end_mount "$stem"
    end_server "$stem"
    rm -f -- "$stem.json" "$stem.wait"
  done
  set -f
}

umask_before=$(umask)
umask 077
stem=
if [ -d "$leases" ] || mkdir "$leases" 2>/dev/null; then
  sweep
  started $$
  stem=$leases/$node-$$-$ticks
  if printf '%s"node":"%s","bootId":"%s","processId":%s,"startTicks":"%s","since":%s000}\n' \
      "$head" "$node" "$boot" $$ "$ticks" "$(date +%s)" 2>/dev/null >"$stem.part" &&
      mv "$stem.part" "$stem.json" && mkfifo "$stem.wait"; then
    exec 9<>"$stem.wait"
    (
      trap '' HUP TERM
      exec 8<"$stem.wait" </dev/null >/dev/null 2>&1 9>&-
      rm -f -- "$stem.wait"
      read -r never <&8
      end_server "$stem"
      rm -f -- "$stem.json"
    ) &
  else
    stem=
  fi
fi 2>/dev/null
umask "$umask_before"
[ "$layer" != - ] || exec "$@"

U=$(id -u) G=$(id -g)
export U G
exec ${layeredStart('stem')}
`;
