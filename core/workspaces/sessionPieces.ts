/** What the scripts that start programs in workspaces have in common. Each has `folder` and `tree` set before. */

/** Sets `leases`, `node` and `boot`; `started` tells a process from later ones of the same number. */
export const leaseNode = String.raw`
[ -d "$tree" ] || {
  printf 'The tree of the workspace is gone: %s\n' "$tree" >&2
  exit 255
}
leases=$folder/leases
IFS= read -r node </proc/sys/kernel/hostname
IFS= read -r boot </proc/sys/kernel/random/boot_id
case $node in '' | *[!A-Za-z0-9._-]*) node=node ;; esac

started() { # PROCESS: sets ticks; fails where it has ended
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${'$'}{line##*)}
  # The first thread may be gone while others live: so it is for a moment whenever a Go program becomes another.
  if [ "$1" = Z ] && [ "${'$'}{18}" -le 1 ]; then return 1; fi
  shift 19
  ticks=$1
}
`;

/**
 * Becomes `"$@"` in a namespace with the layers of a workspace mounted: own writes over the plain files in `lower`, or,
 * while there are none, over the packed file, whose offset is in `layer`. What serves the file is written down in
 * `STEM.server`, where the shell's variable of this name (`stem`) says one.
 */
export function layeredStart(stem: string): string {
  return String.raw`unshare -Urm /bin/sh -c '
  folder=$1 offset=$2 stem=$3
  shift 3
  cd "$folder" || exit 255
  lower=lower server=
  if [ ! -d lower ]; then
    lower=home/home/mysingularity
    squashfuse -f -o uid=0,gid=0,offset="$offset" packed.sif home </dev/null >/dev/null 2>&1 9>&- &
    server=$!
    if [ -n "$stem" ]; then
      IFS= read -r line <"/proc/$server/stat"
      set -- "$server" ${'$'}{line##*)} -- "$@"
      process=$1 ticks=${'$'}{21}
      while [ "$1" != -- ]; do shift; done
      shift
      (umask 077; printf "%s %s\n" "$process" "$ticks" >"$stem.server")
    fi
    tries=0
    until grep -q " - fuse.squashfuse " /proc/self/mountinfo && [ -d home/home/mysingularity ]; do
      tries=$((tries + 1))
      if ! kill -0 "$server" 2>/dev/null || [ "$tries" -gt 1000 ]; then
        printf "The packed file of the workspace cannot be mounted: squashfuse failed\n" >&2
        exit 255
      fi
      sleep 0.01
    done
  fi
  mount -t overlay overlay -o lowerdir="$lower",upperdir=upper,workdir=work,userxattr home || {
    [ -z "$server" ] || kill "$server"
    printf "The layers of the workspace cannot be mounted here\n" >&2
    exit 255
  }
  cd /
  user=$U group=$G
  unset U G
  exec unshare -U --map-user="$user" --map-group="$group" "$@"
' mysingularity "$folder" "$layer" "$${stem}" "$@"`;
}
