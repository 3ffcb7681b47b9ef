/**
 * How a container can get its rights: user namespaces (settings, and an actual try of each step), subordinate ids and
 * the programs that map them, FUSE, root's capabilities. A try happens in a namespace of its own and leaves no trace.
 */
export const privilegeProbe = `
value() { cat "$1"; }
say maxUserNamespaces "$(value /proc/sys/user/max_user_namespaces)"
say maxMountNamespaces "$(value /proc/sys/user/max_mnt_namespaces)"
say unprivilegedUserNamespaces "$(value /proc/sys/kernel/unprivileged_userns_clone)"
say apparmorRestrictsUserNamespaces "$(value /proc/sys/kernel/apparmor_restrict_unprivileged_userns)"
for p in /etc/apparmor.d/apptainer /etc/apparmor.d/singularity* /etc/apparmor.d/usr.*apptainer* /etc/apparmor.d/usr.*singularity*; do
  [ -e "$p" ] && { say apparmorProfile "$p"; break; }
done
say selinux "$(value /sys/fs/selinux/enforce)"
tried=$(limit 1 unshare -Ur true 2>&1 && echo works)
say userNamespaceTest "$tried"
# Over a folder of its own: one in which the host has mounts, as /etc in a container, is refused to users on any kernel.
overlayTry='mount -t tmpfs none /mnt && mkdir /mnt/l /mnt/u /mnt/w && mount -t overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w none /mnt'
say userOverlayTest "$(limit 1 unshare -Urm /bin/sh -c "$overlayTry" 2>&1 && echo works)"
say capabilities "$(sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/self/status)"
if [ -c /dev/fuse ]; then if [ -r /dev/fuse ] && [ -w /dev/fuse ]; then say fuse open; else say fuse closed; fi; else say fuse missing; fi
say fileSystems "$(awk '{ print $NF }' /proc/filesystems | grep -E '^(overlay|squashfs|fuse|ext3|ext4)$')"
for kind in subuid subgid; do
  say $kind "$(awk -F: -v n="$user" -v u="$uid" '$1 == n || $1 == u { print $2 ":" $3 }' /etc/$kind)"
  say "$kind.disabled" "$(awk -F: -v n="!$user" '$1 == n { print $2 ":" $3 }' /etc/$kind)"
done
say getsubids "$(limit 1 getsubids "$user" | awk '{ print $(NF - 1) ":" $NF }')"
for p in newuidmap newgidmap; do
  program=$(has $p)
  say "has.$p" "$program"
  [ -n "$program" ] || continue
  if [ -u "$program" ]; then say "$p.rights" setuid
  elif has getcap >/dev/null; then case $(limit 1 "$(has getcap)" "$program") in *cap_set*) say "$p.rights" capability;; *) say "$p.rights" none;; esac
  fi
done
# Where no namespace can be made, this unshare would leave a child behind that waits for it for ever.
if [ "$uid" != 0 ] && [ "$tried" = works ]; then say subuidTest "$(limit 1 unshare --user --map-root-user --map-auto true 2>&1 && echo works)"; fi
say processOptions "$(awk '$2 == "/proc" { print $4; exit }' /proc/mounts)"
say binfmt "$(ls /proc/sys/fs/binfmt_misc | grep '^qemu-')"
`;
