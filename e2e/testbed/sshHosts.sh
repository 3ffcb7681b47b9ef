#!/bin/bash
# sshHosts.sh start|reboot [USER] - the ssh hosts of the test bed (root). USER runs the suites and gets the keys.
#   start   starts what does not run: host "near" (two servers on the loopback), host "far" behind a link of its own,
#           and the control that lets USER cut that link. Writes FOLDER/ssh/ssh.json, and one "part: reason" line for
#           each part that could not be had to FOLDER/ssh/missing.
#   reboot  ends everything on "far" and starts it again.
# The accounts (alice, bob, carol, dave) exist only inside those hosts: /etc/passwd of the machine never sees them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
VERB=${1:?start or reboot}
TEST_USER=${2:-$TEST_USER}
PATH=$PATH:/usr/sbin:/sbin
SSH=$FOLDER/ssh
# shellcheck source=sshNames.sh
. "$TESTBED_SOURCE/sshNames.sh"

# --- accounts ------------------------------------------------------------------------------------------------------
# The first four numbers in a row that nobody on this machine has.
first_uid() {
  local base=58101 offset taken=1
  [ ! -s "$SSH/first-uid" ] || { cat "$SSH/first-uid"; return; }
  while [ -n "$taken" ]; do
    taken=
    for offset in 0 1 2 3; do
      if getent passwd $((base + offset)) >/dev/null || getent group $((base + offset)) >/dev/null; then taken=1; fi
    done
    [ -z "$taken" ] || base=$((base + 10))
  done
  echo "$base" | tee "$SSH/first-uid"
}

shell_of() {
  case $1 in
    alice) echo /bin/bash ;;
    bob) command -v tcsh || echo /bin/sh ;;
    carol) command -v fish || echo /bin/sh ;;
    dave) echo /usr/sbin/nologin ;;
  esac
}
home_of() {
  case $1 in
    bob) echo /srv/people/bob ;;
    *) echo "/home/$1" ;;
  esac
}

write_accounts() { # write_accounts ETC HOSTNAME
  local etc=$1 uid=$FIRST_UID name range=$FIRST_SUBUID
  mkdir -p "$etc/pam.d" "$etc/apptainer"
  # Of the machine's accounts only the system's: no person's name or hash gets in.
  awk -F: '$3 < 1000 || $3 == 65534' /etc/passwd >"$etc/passwd"
  awk -F: '$3 < 1000 || $3 == 65534' /etc/group | sed 's/:[^:]*$/:/' >"$etc/group"
  cut -d: -f1 "$etc/passwd" | sed 's/$/:*:19000:0:99999:7:::/' >"$etc/shadow"
  : >"$etc/subuid"
  for name in $SSH_ACCOUNTS; do
    say "$name:x:$uid:$uid:$name:$(home_of "$name"):$(shell_of "$name")" >>"$etc/passwd"
    say "$name:x:$uid:" >>"$etc/group"
    say "$name:$PASSWORD_HASH:19000:0:99999:7:::" >>"$etc/shadow"
    say "$name:$range:65536" >>"$etc/subuid"
    uid=$((uid + 1)) range=$((range + 65536))
  done
  cp "$etc/subuid" "$etc/subgid"
  chmod 640 "$etc/shadow"
  say "127.0.0.1 localhost $2" "$FAR_ADDRESS $FAR_NAME" >"$etc/hosts"
  # Password, then code. sshd 9.2 knows no PAMServiceName: this file lies over /etc/pam.d/sshd on these hosts only.
  cat >"$etc/pam.d/sshd" <<'PAM'
auth required pam_unix.so nodelay
auth required pam_google_authenticator.so secret=/etc/ssh/otp/${USER} user=root
account required pam_unix.so
session required pam_permit.so
PAM
  [ ! -f /etc/apptainer/apptainer.conf ] || cp /etc/apptainer/apptainer.conf "$etc/apptainer/"
}

write_homes() { # write_homes STATE chatty|quiet
  local uid=$FIRST_UID name home
  mkdir -p "$1/home" "$1/srv/people" "$1/srv/scratch"
  for name in $SSH_ACCOUNTS; do
    home=$1$(home_of "$name")
    if [ ! -d "$home" ]; then
      mkdir -p "$home" "$1/srv/scratch/$name" "$home/.config/fish"
      cp -rT /etc/skel "$home"
      {
        say "export SCRATCH=/srv/scratch/$name"
        # Before Debian's "if not running interactively": it speaks in every shell, as many a site's does.
        [ "$2" != chatty ] || say "echo \"Welcome, $name. Maintenance on Friday.\"" 'echo "Quota: 12 of 50 GB used" >&2'
        cat /etc/skel/.bashrc
      } >"$home/.bashrc"
      say "setenv SCRATCH /srv/scratch/$name" >"$home/.cshrc"
      say "set -gx SCRATCH /srv/scratch/$name" >"$home/.config/fish/config.fish"
      chown -R "$uid:$uid" "$home" "$1/srv/scratch/$name"
      chmod 700 "$home"
    fi
    uid=$((uid + 1))
  done
}

# --- servers -------------------------------------------------------------------------------------------------------
write_server() { # write_server FOLDER SUFFIX ADDRESS PORT LINE...
  [ -s "$1/host_key$2" ] || ssh-keygen -q -t ed25519 -N '' -C "test bed" -f "$1/host_key$2"
  {
    say "ListenAddress $3" "Port $4" "HostKey /etc/ssh/host_key$2" "${@:5}"
    cat <<'CONFIG'
PidFile none
AuthorizedKeysFile /etc/ssh/authorized/%u
UsePAM yes
PasswordAuthentication no
PermitRootLogin no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
PrintMotd no
PrintLastLog no
UseDNS no
CONFIG
  } >"$1/sshd_config$2"
}

write_authorized() { # write_authorized FOLDER
  local name
  mkdir -p "$1/authorized" "$1/otp"
  for name in $SSH_ACCOUNTS; do
    cat "$SSH/client/id_ed25519.pub" "$SSH/client/id_passphrase.pub" >"$1/authorized/$name"
  done
  # Window 3: the codes before and after count too. Neither DISALLOW_REUSE nor RATE_LIMIT: tests sign in often.
  printf '%s\n" TOTP_AUTH\n" WINDOW_SIZE 3\n' "$TOTP_SECRET" >"$1/otp/alice"
  chmod 700 "$1/otp"
  chmod 600 "$1/otp/alice"
}

write_state() { # write_state STATE HOSTNAME chatty|quiet
  mkdir -p "$1/ssh"
  write_accounts "$1/etc" "$2"
  write_homes "$1" "$3"
  write_authorized "$1/ssh"
}

wait_for_banner() { # wait_for_banner ADDRESS PORT PIDFILE
  local banner
  for _ in $(seq 200); do
    if (exec 3<>"/dev/tcp/$1/$2" && read -r -t 2 banner <&3 && [ "${banner#SSH-2.0}" != "$banner" ]) 2>/dev/null; then return; fi
    is_running "$3" sshHost.sh || break
    sleep 0.05
  done
  return 1
}

# Starts host STATE in new namespaces ($3...: unshare's options) and writes its process 1, as seen from here, to STATE/pid.
# The command "$PREPARE" is run with that pid before the host goes on.
launch() { # launch STATE HOSTNAME OPTION...
  local outer inner=
  rm -f "$1/go"
  mkfifo -m 600 "$1/go"
  # The new execve after "go" gives root its capabilities back, in a user namespace whose map was empty before.
  setsid unshare --mount --pid --uts --ipc --fork "${@:3}" bash -c 'read -r _ <"$1/go"; exec "$0" "$1" "$2"' \
    "$TESTBED_SOURCE/sshHost.sh" "$1" "$2" >>"$1/log" 2>&1 </dev/null &
  outer=$!
  for _ in $(seq 100); do
    inner=$(ps -o pid= --ppid "$outer" | tr -d ' ')
    [ -z "$inner" ] || break
    kill -0 "$outer" 2>/dev/null || break
    sleep 0.02
  done
  [ -n "$inner" ] || { tail -n 3 "$1/log" >&2; return 1; }
  echo "$inner" >"$1/pid"
  if ! "$PREPARE" "$inner"; then
    kill -KILL "$inner"
    return 1
  fi
  echo go >"$1/go"
  rm -f "$1/go"
}

start_near() {
  local near=$SSH/near
  if ! is_running "$near/pid" sshHost.sh; then
    write_state "$near" "$NEAR_NAME" chatty
    # MaxSessions stays at its default of 10: the limit is real.
    write_server "$near/ssh" "" 127.0.0.1 "$NEAR_PORT" 'KbdInteractiveAuthentication no'
    write_server "$near/ssh" _code 127.0.0.1 "$CODE_PORT" 'KbdInteractiveAuthentication yes' 'PubkeyAuthentication no'
    PREPARE=true launch "$near" "$NEAR_NAME" || return 1
  fi
  wait_for_banner 127.0.0.1 "$NEAR_PORT" "$near/pid" && wait_for_banner 127.0.0.1 "$CODE_PORT" "$near/pid"
}

case $VERB in
  start)
    mkdir -p "$SSH"
    : >"$SSH/missing"
    FIRST_UID=$(first_uid)
    "$TESTBED_SOURCE/sshClient.sh" keys "$TEST_USER"
    # shellcheck source=/dev/null
    . "$SSH/secrets"
    start_near || say "ssh: the servers on the loopback did not start: $(tail -n 1 "$SSH/near/log")" >>"$SSH/missing"
    "$TESTBED_SOURCE/sshClient.sh" config "$TEST_USER"
    ;;
esac
