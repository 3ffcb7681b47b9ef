import { layeredStart, leaseNode } from './sessionPieces.ts';

/**
 * What an instance with a workspace is started by: FOLDER TREE HEAD LAYER NAME RUNTIME PROGRAM ARGUMENT…. The start itself ends
 * soon, so the lease is the instance's: it names the process that the runtime (RUNTIME) lists for NAME. The instance and
 * all that it starts inherit a named pipe; a process in a session of its own waits, without polling, for the pipe's end,
 * and then removes the lease and ends what served the packed file. Where that process is killed too, the next session finds
 * a lease whose process is gone (`sessionScript`), and does the same.
 *
 * LAYER is what `layerWord` says. With layers the start is made in a namespace in which they are mounted; the instance takes its copy of these mounts along, and shells reach it from outside, because the namespaces belong to
 * the person (seen with Apptainer 1.4.5 without setuid).
 */
export const instanceScript = String.raw`
set -f
folder=$1 tree=$2 head=$3 layer=$4 name=$5 runtime=$6
shift 6
${leaseNode}
umask_before=$(umask)
umask 077
own=
if [ -d "$leases" ] || mkdir "$leases" 2>/dev/null; then
  started $$
  own=$leases/.start-$node-$$-$ticks
  if mkfifo "$own.wait"; then
    exec 9<>"$own.wait"
    setsid /bin/sh -c '
      trap "" HUP INT TERM
      own=$1
      exec 8</proc/self/fd/9 </dev/null >/dev/null 2>&1 9>&-
      read -r never <&8
      stem=$own
      { IFS= read -r stem <"$own.lease"; } 2>/dev/null
      for each in "$own.server" "$stem.server"; do
        { IFS=" " read -r server since <"$each"; } 2>/dev/null || continue
        case $server$since in "" | *[!0-9]*) continue ;; esac
        comm= line=
        { IFS= read -r comm <"/proc/$server/comm"; IFS= read -r line <"/proc/$server/stat"; } 2>/dev/null
        set -- ${'$'}{line##*)}
        [ "$comm" = squashfuse ] && [ "${'$'}{20}" = "$since" ] && kill "$server"
      done
      rm -f -- "$stem.json" "$stem.server" "$own.server" "$own.lease" "$own.wait"
    ' mysingularity "$own" &
  else
    own=
  fi
fi 2>/dev/null
umask "$umask_before"

if [ "$layer" = - ]; then
  "$@"
  status=$?
else
  U=$(id -u) G=$(id -g)
  export U G
  ${layeredStart('own')}
  status=$?
fi
[ "$status" = 0 ] && [ -n "$own" ] || exit "$status"

umask 077
process=$("$runtime" instance list --json "$name" 9>&- 2>/dev/null | sed -n 's/^[^0-9]*"pid": *\([0-9][0-9]*\).*/\1/p')
case $process in '' | *[!0-9]*) exit 0 ;; esac
started "$process" || exit 0
stem=$leases/$node-$process-$ticks
printf '%s\n' "$stem" >"$own.lease"
[ ! -e "$own.server" ] || mv "$own.server" "$stem.server"
# The next session finds what still holds the pipe by the name of its lease.
mv "$own.wait" "$stem.wait" && rm -f -- "$stem.wait"
printf '%s"node":"%s","bootId":"%s","processId":%s,"startTicks":"%s","since":%s000}\n' \
  "$head" "$node" "$boot" "$process" "$ticks" "$(date +%s)" >"$stem.part" && mv "$stem.part" "$stem.json"
exit 0
`;
