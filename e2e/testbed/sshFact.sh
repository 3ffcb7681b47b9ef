#!/bin/bash
# sshFact.sh NAME on|off | reset - makes a fault of a cluster real on the host "far", or takes it away again (root).
# "reset" takes all of them away. A reboot of the host does so too, except that of the accounts' files, which start writes.
#   userNamespacesOff    nobody can make a user namespace
#   subuidMissing        bob has no range in /etc/subuid and /etc/subgid
#   subuidTooSmall       bob has a range of 10
#   fuseHelpersMissing   squashfuse, fuse-overlayfs, fuse2fs, fusermount and gocryptfs are gone
#   fuseDeviceMissing    there is no /dev/fuse
#   tmpNoexec            no program in /tmp can be run
#   tmpFull              nothing can be written into /tmp
#   homeNotWritable      alice may not write into her home folder
#   bindControlOff       `user bind control = no` in apptainer.conf
#   runtimeMissing       there is no apptainer and no singularity
#   rsyncMissing         there is no rsync
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=sshNames.sh
. "$TESTBED_SOURCE/sshNames.sh"
PATH=$PATH:/usr/sbin:/sbin
FAR=$SSH/far

inside() { nsenter -t "$(cat "$FAR/pid")" --user --mount --pid -- "$@"; }

# Mounts on the far host are taken away top first; a busy one goes when its last user does.
uncover() { # uncover PATH NAME: the mounts that were named so
  # shellcheck disable=SC2016 # expanded inside
  inside sh -c 'while [ "$(findmnt -n -o SOURCE --mountpoint "$1" | tail -n 1)" = "$2" ]; do umount -l "$1"; done' sh "$@"
}
remove() { # remove on|off PROGRAM...: from every folder of programs, or back from what it was
  # shellcheck disable=SC2016 # expanded inside
  inside sh -c '
    turn=$1
    shift
    while read -r folder; do
      for name in "$@"; do
        [ -e "/run/overlaid$folder/whole/$name" ] || continue
        if [ "$turn" = on ]; then
          rm -f "$folder/$name"
        elif [ ! -e "$folder/$name" ] && [ ! -L "$folder/$name" ]; then
          cp -a "/run/overlaid$folder/whole/$name" "$folder/$name"
        fi
      done
    done' sh "$@" <"$FAR/overlaid"
}

# In place: these files are bound one by one, and a new file under the old name would not be seen there.
set_range() { # set_range COUNT: bob's, 0 for none
  local file
  for file in subuid subgid; do
    awk -F: -v OFS=: -v count="$1" '$1 != "bob" { print } $1 == "bob" && count { $3 = count; print }' \
      "$FAR/etc/$file.whole" >"$FAR/etc/$file.part"
    cat "$FAR/etc/$file.part" >"$FAR/etc/$file"
  done
}
set_bind_control() { # set_bind_control yes|no
  [ -f "$FAR/etc/apptainer/apptainer.conf" ] || { complain "There is no apptainer.conf on this machine."; return 1; }
  sed "s/^user bind control = .*/user bind control = $1/" "$FAR/etc/apptainer/apptainer.conf" >"$FAR/etc/conf.part"
  cat "$FAR/etc/conf.part" >"$FAR/etc/apptainer/apptainer.conf"
}

set_fact() { # set_fact NAME on|off
  case $1 in
    userNamespacesOff)
      # The number holds for this host's user namespace only, and for those below it.
      inside sh -c "echo $([ "$2" = on ] && echo 0 || echo 10000) >/proc/sys/user/max_user_namespaces"
      ;;
    subuidMissing) set_range "$([ "$2" = on ] && echo 0 || echo 65536)" ;;
    subuidTooSmall) set_range "$([ "$2" = on ] && echo 10 || echo 65536)" ;;
    fuseHelpersMissing)
      remove "$2" squashfuse squashfuse_ll fuse-overlayfs fuse2fs fusermount fusermount3 gocryptfs
      ;;
    fuseDeviceMissing)
      # shellcheck disable=SC2016 # expanded inside
      inside sh -c '
        while mountpoint -q /dev/fuse; do umount -l /dev/fuse; done
        rm -f /dev/fuse
        [ "$1" = on ] || { touch /dev/fuse && mount --bind /run/machine/dev/fuse /dev/fuse; }' sh "$2"
      ;;
    tmpNoexec)
      uncover /tmp tmpNoexec
      [ "$2" = off ] || inside mount -t tmpfs -o mode=1777,size=256m,noexec tmpNoexec /tmp
      ;;
    tmpFull)
      uncover /tmp tmpFull
      [ "$2" = off ] || inside sh -c '
        mount -t tmpfs -o mode=1777,size=64k,nr_inodes=4 tmpFull /tmp && head -c 65536 /dev/zero >/tmp/filler'
      ;;
    homeNotWritable)
      inside chown "$([ "$2" = on ] && echo root || echo alice)" /home/alice
      inside chmod "$([ "$2" = on ] && echo 755 || echo 700)" /home/alice
      ;;
    bindControlOff) set_bind_control "$([ "$2" = on ] && echo no || echo yes)" ;;
    runtimeMissing) remove "$2" apptainer singularity ;;
    rsyncMissing) remove "$2" rsync ;;
    *)
      complain "There is no fact $1."
      return 2
      ;;
  esac
}

if [ "$1" = reset ]; then
  [ ! -f "$FAR/etc/apptainer/apptainer.conf" ] || set_bind_control yes
  set_range 65536
  for fact in userNamespacesOff fuseHelpersMissing fuseDeviceMissing tmpNoexec tmpFull homeNotWritable runtimeMissing \
    rsyncMissing; do
    set_fact "$fact" off
  done
  rm -f "$SSH/faulty"
else
  touch "$SSH/faulty"
  set_fact "$1" "${2:?on or off}"
fi
