/**
 * Installations of a runtime: `runtime.N.path`, its version, what `buildcfg` says, the starter's right, the
 * administrator's switches (`runtime.N.conf.KEY`), and the helpers that come with it. Where PATH has none, the login
 * shell's PATH and the site's modules are asked too.
 */
export const runtimeProbe = String.raw`
count=0; seen=:; helpers=
look() { # FOLDER HOW
  for name in apptainer singularity; do
    program=$1/$name
    [ -x "$program" ] && [ ! -d "$program" ] || continue
    real=$(readlink -f "$program" || echo "$program")
    case $seen in *":$real:"*) continue;; esac
    seen="$seen$real:"
    text=$(limit 2 "$program" --version | tail -n 1)
    case $text in *[0-9]*) ;; *) continue;; esac
    count=$((count + 1))
    say "runtime.$count.path" "$program"
    say "runtime.$count.version" "$text"
    say "runtime.$count.via" "$2"
    build=$(limit 2 "$program" buildcfg)
    of() { printf '%s\n' "$build" | sed -n "s/^$1=//p" | first; }
    say "runtime.$count.suid" "$(of '[A-Z]*_SUID_INSTALL')"
    libexec=$(of LIBEXECDIR)
    for sub in apptainer singularity; do
      [ -d "$libexec/$sub/bin" ] || continue
      helpers="$helpers $libexec/$sub/bin"
      if [ -u "$libexec/$sub/bin/starter-suid" ]; then say "runtime.$count.starter" setuid
      elif [ -e "$libexec/$sub/bin/starter-suid" ]; then say "runtime.$count.starter" plain
      else say "runtime.$count.starter" none; fi
    done
    conf=$(of '[A-Z]*_CONF_FILE')
    say "runtime.$count.confFile" "$conf"
    if [ -r "$conf" ]; then
      awk -v n="$count" 'NR < 1000 && /^[a-z][a-z0-9_ -]*[a-z] *=/ && length($0) < 1000 {
        key = $0; sub(/ *=.*/, "", key); value = $0; sub(/^[^=]*= */, "", value)
        print "runtime." n ".conf." key "=" value }' "$conf"
      grep -q '^activated *= *true' "$(dirname "$conf")/ecl.toml" && say "runtime.$count.ecl" yes
    elif [ -n "$conf" ]; then
      [ -e "$conf" ] && say "runtime.$count.confState" unreadable || say "runtime.$count.confState" missing
    fi
  done
}
lookAlong() { # PATH HOW
  rest=$1:
  while [ -n "$rest" ]; do
    entry=$(printf '%s' "$rest" | sed 's/:.*//'); rest=$(printf '%s' "$rest" | sed 's/^[^:]*://')
    case $entry in /*) look "$entry" "$2";; esac
  done
}
lookAlong "$PATH" path
for d in /usr/local/bin /usr/bin /opt/apptainer*/bin /opt/singularity*/bin /usr/local/apptainer*/bin "$HOME/.local/bin" "$HOME/apptainer/bin"; do look "$d" folder; done
if [ $count = 0 ]; then
  lookAlong "$(limit 1 /bin/sh -lc 'printf %s "$PATH"')" login
fi
if [ $count = 0 ]; then
  if [ -n "$LMOD_CMD$MODULESHOME" ] || [ -e /etc/profile.d/lmod.sh ] || [ -e /etc/profile.d/z00_lmod.sh ] || [ -e /etc/profile.d/modules.sh ]; then
    say moduleOffers "$(limit 2 bash -lc 'module -t avail 2>&1' | grep -iE '^(apptainer|singularity)' | sed 's/(.*)//; s/[^A-Za-z0-9_./+-]//g' | tail -n 20)"
  fi
  if has apt-cache >/dev/null; then say package.apt "$(limit 1 apt-cache show apptainer | sed -n 's/^Version: //p' | first)"; fi
fi
for p in squashfuse squashfuse_ll fuse2fs fuse-overlayfs gocryptfs mksquashfs unsquashfs fakeroot fakeroot-sysv proot crun runc mkfs.ext3 cryptsetup nvidia-container-cli; do
  found=$(has $p)
  if [ -z "$found" ]; then for d in $helpers; do [ -x "$d/$p" ] && { found=$d/$p; break; }; done; fi
  say "has.$p" "$found"
done
`;
