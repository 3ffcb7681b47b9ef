/**
 * Folders: type, mount options, room, inodes, rights. Each is asked in a process of its own that is killed after a
 * second, because a dead network mount answers never. `folder.NAME=PATH`, then
 * `folder.NAME.facts=exists|writable|type|options|device|mount point|total KiB|free KiB|inodes|free inodes` (the types
 * are the kernel's, /proc/mounts), and the quota of Lustre or btrfs where the tools tell it.
 */
export const storageProbe = String.raw`
folderProbe='
name=$1; path=$2; optional=$3; user=$4
[ -n "$optional" ] && [ ! -d "$path" ] && exit 0
at=$path; exists=yes
while [ ! -e "$at" ]; do exists=no; up=$(dirname -- "$at"); [ "$up" = "$at" ] && break; at=$up; done
writable=no; [ -w "$at" ] && [ -x "$at" ] && writable=yes
[ "$optional" = writable ] && [ $writable = no ] && exit 0
disk=$(df -Pk -- "$at" 2>/dev/null || df -Pk "$at" 2>/dev/null)
facts=$(printf "%s\n" "$disk" | awk "
  NR > 1 { for (i = 1; i <= NF; i++) if (\$i ~ /^[0-9]+%\$/) {
    device = \$1; mount = \$(i + 1); for (j = i + 2; j <= NF; j++) mount = mount \" \" \$j
    total = \$(i - 3); free = \$(i - 1) } }
  END {
    plain = mount; gsub(/ /, \"\\\\040\", plain)
    while ((getline line < \"/proc/mounts\") > 0) { split(line, m, \" \"); if (m[2] == plain) { type = m[3]; options = m[4] } }
    print type \"|\" options \"|\" device \"|\" mount \"|\" total \"|\" free }")
inodes=$(stat -f -c "%c|%d" -- "$at" 2>/dev/null)
quota=
case $facts in
  lustre*) quota=$(lfs quota -q -u "$user" "$at" 2>/dev/null | tr "\n" " ");;
  btrfs*) quota=$(btrfs qgroup show -f -r --raw "$at" 2>/dev/null | tail -n 1);;
esac
printf "folder.%s=%s\nfolder.%s.facts=%s|%s|%s|%s\nfolder.%s.quota=%s\n" \
  "$name" "$path" "$name" "$exists" "$writable" "$facts" "$inodes" "$name" "$quota"
'
folder() { limit 1 /bin/sh -c "$folderProbe" folder "$1" "$2" "$3" "$user" & }
folder home "$HOME" ''
temporary=$TMPDIR; [ -n "$temporary" ] || temporary=/tmp
say temporaryFolder "$temporary"
folder temporary "$temporary" ''
[ "$temporary" = /var/tmp ] || folder varTemporary /var/tmp exists
cache=$APPTAINER_CACHEDIR; [ -n "$cache" ] || cache=$SINGULARITY_CACHEDIR; [ -n "$cache" ] || cache=$HOME/.apptainer/cache
folder cache "$cache" ''
[ -z "$1" ] || folder images "$1" ''
for variable in SCRATCH WORK PROJECT PROJECTS PSCRATCH CSCRATCH GROUP_SCRATCH GROUP_HOME WORKDIR STORE DATA; do
  eval "value=\$$variable"
  case $value in /?*) folder "$variable" "$value" exists;; esac
done
n=0
for place in /scratch /work /project /projects /data /lustre /gpfs /local; do
  [ -d "$place" ] || continue
  n=$((n + 1))
  folder "place$n" "$place/$user" exists
  folder "top$n" "$place" writable
done
if has quota >/dev/null; then ( limit 1 quota -w -p | awk 'NF >= 8 && $2 ~ /^[0-9]/ { print "quota." $1 "=" $2 "|" $3 "|" $4 "|" $6 "|" $7 "|" $8 }' ) & fi
`;
