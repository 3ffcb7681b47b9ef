/**
 * One read-only look at a host, in POSIX sh and the usual small tools: lines of `key=value`, values on one line.
 * Nothing is changed; what cannot be asked prints an empty value. Runs in one round trip, also over ssh.
 */
export const probeScript = `
renice -n 10 $$ >/dev/null 2>&1 # the person waits for the page, not for this
say() { printf '%s=%s\\n' "$1" "$(printf '%s' "$2" | tr '\\n' ' ')"; }
has() { command -v "$1" 2>/dev/null || { [ -x "/usr/sbin/$1" ] && echo "/usr/sbin/$1"; } || { [ -x "/sbin/$1" ] && echo "/sbin/$1"; }; }
say machine "$(uname -m)"
say kernel "$(uname -r)"
say userName "$(id -un)"
say uid "$(id -u)"
( . /etc/os-release 2>/dev/null; say osName "$PRETTY_NAME"; say osId "$ID"; say osLike "$ID_LIKE"; say osVersion "$VERSION_ID" )
say maxUserNamespaces "$(cat /proc/sys/user/max_user_namespaces 2>/dev/null)"
say apparmorRestrictsUserNamespaces "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)"
say userNamespaceTest "$(unshare -Ur true 2>&1 && echo works)"
say capabilities "$(sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/self/status 2>/dev/null)"
if [ -c /dev/fuse ]; then if [ -r /dev/fuse ] && [ -w /dev/fuse ]; then say fuse open; else say fuse closed; fi; else say fuse missing; fi
say subuid "$(sed -n "s/^$(id -un)://p" /etc/subuid 2>/dev/null | head -n 1)"
say subgid "$(sed -n "s/^$(id -un)://p" /etc/subgid 2>/dev/null | head -n 1)"
for p in squashfuse squashfuse_ll fuse2fs fuse-overlayfs gocryptfs newuidmap mksquashfs unsquashfs fakeroot sudo nvidia-smi rocm-smi; do say "has.$p" "$(has $p)"; done
t=\${TMPDIR:-/tmp}
say temporaryFolder "$t"
say temporaryType "$(stat -f -c %T "$t" 2>/dev/null)"
say temporaryFreeKiB "$(df -Pk "$t" 2>/dev/null | awk 'NR==2{print $4}')"
seen=:
for d in $(printf '%s' "$PATH" | tr ':' ' ') /usr/local/bin /usr/bin /opt/apptainer/bin /opt/singularity/bin "$HOME/.local/bin" "$HOME/apptainer/bin"; do
  for n in apptainer singularity; do
    [ -x "$d/$n" ] && [ ! -d "$d/$n" ] || continue
    r=$(readlink -f "$d/$n" 2>/dev/null || echo "$d/$n")
    case $seen in *":$r:"*) continue;; esac
    seen="$seen$r:"
    say "runtime.$d/$n" "$("$d/$n" --version 2>/dev/null | tail -n 1)"
    say "suid.$d/$n" "$("$d/$n" buildcfg 2>/dev/null | sed -n 's/^[A-Z]*_SUID_INSTALL=//p')"
  done
done
`;
