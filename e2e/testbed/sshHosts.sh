#!/bin/bash
# sshHosts.sh start|reboot|link-down|link-up|reset [USER] - the ssh hosts of the test bed (root).
#   start      starts what does not run: host "near" (two servers on the loopback), host "far" behind a link of its own,
#              and the control for USER, who runs the suites. Writes FOLDER/ssh/ssh.json, and one "part: reason" line for
#              each part that could not be had to FOLDER/ssh/missing.
#   reboot     ends everything on "far" and starts it again, with an empty /tmp
#   link-down  cuts the link to "far"; link-up restores it and waits until its sshd answers
#   reset      as after a start: the link is up, no fault of sshFact.sh is on
# The accounts (alice, bob, carol, dave) exist only inside those hosts: /etc/passwd of the machine never sees them.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
VERB=${1:?start, reboot, link-down, link-up or reset}
TEST_USER=${2:-$TEST_USER}
PATH=$PATH:/usr/sbin:/sbin
umask 022
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
  for name in subgid subuid.whole subgid.whole; do cp "$etc/subuid" "$etc/$name"; done
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

# On "near" alice may become root with her password, as a person may on a workstation of her own; bob may run the runtime.
write_sudoers() { # write_sudoers ETC
  command -v sudo >/dev/null || return 0
  printf '%s\n' 'Defaults !lecture, passwd_tries=1' 'alice ALL=(root) ALL' >"$1/sudoers"
  ! command -v apptainer >/dev/null || say "bob ALL=(root) $(command -v apptainer)" >>"$1/sudoers"
  chmod 440 "$1/sudoers"
}

write_homes() { # write_homes STATE chatty|quiet
  local uid=$FIRST_UID name home
  mkdir -p "$1/home" "$1/srv"/{people,scratch,small,noexec,locked,quota}
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
  rm -rf "$1/tmp"
  mkdir -p "$1/ssh" "$1/tmp"
  chmod 1777 "$1/tmp"
  write_accounts "$1/etc" "$2"
  write_homes "$1" "$3"
  write_authorized "$1/ssh"
  make_quota_image "$1"
}

wait_for_banner() { # wait_for_banner ADDRESS PORT PIDFILE
  for _ in $(seq 200); do
    # A connection over a link that was just restored may hang: a new one is sooner there.
    # shellcheck disable=SC2016 # expanded inside
    if timeout 1 bash -c 'exec 3<>"/dev/tcp/$1/$2" && read -r banner <&3 && [[ $banner == SSH-2.0* ]]' \
      bash "$1" "$2" 2>/dev/null; then return; fi
    is_running "$3" sshHost.sh || break
    sleep 0.05
  done
  return 1
}

# A file system that answers "Disk quota exceeded" after 4 MB: of those that a kernel usually has only btrfs keeps quotas
# without help. Not everywhere to be had: then there is no STATE/quota.img.
make_quota_image() { # make_quota_image STATE
  local image=$1/quota.img
  [ ! -s "$image" ] && command -v mkfs.btrfs >/dev/null || return 0
  truncate -s 128M "$image.part"
  # shellcheck disable=SC2016 # expanded inside
  if quietly mkfs.btrfs -q "$image.part" && quietly unshare --mount bash -ec '
    mount -o loop "$1" "$2"
    btrfs quota enable "$2"
    btrfs subvolume create "$2/q"
    btrfs qgroup limit 4M "$2/q"
    chmod 1777 "$2/q"' bash "$image.part" "$1/srv/quota"; then
    mv "$image.part" "$image"
  else
    rm -f "$image.part"
  fi
}

# The child of process $1 that is the first of a process namespace of its own.
first_of() {
  local child space ours
  ours=$(readlink /proc/self/ns/pid)
  for child in $(ps -o pid= --ppid "$1"); do
    # Empty when the child is gone already.
    space=$(readlink "/proc/$child/ns/pid" || true)
    if [ -n "$space" ] && [ "$space" != "$ours" ]; then say "$child"; fi
  done
}

# Starts host STATE in new namespaces ($3...: unshare's options) and writes its process 1, as seen from here, to STATE/pid.
# The command "$PREPARE" is run with that pid before the host goes on.
launch() { # launch STATE HOSTNAME OPTION...
  local outer inner=
  rm -f "$1/go"
  mkfifo -m 600 "$1/go"
  # The quota is mounted before: no user namespace may mount btrfs. The new execve after "go" gives root its capabilities
  # back, in a user namespace whose map was empty until then.
  # shellcheck disable=SC2016 # expanded inside
  setsid unshare --mount bash -c '
    state=$1 name=$2
    shift 2
    [ ! -s "$state/quota.img" ] || mount -o loop,subvol=q "$state/quota.img" "$state/srv/quota"
    exec unshare --mount --pid --uts --ipc --fork --kill-child "$@" bash -c '\''read -r _ <"$1/go"; exec "$0" "$1" "$2"'\'' \
      "$0" "$state" "$name"' "$TESTBED_SOURCE/sshHost.sh" "$@" >>"$1/log" 2>&1 </dev/null &
  outer=$!
  for _ in $(seq 200); do
    inner=$(first_of "$outer")
    [ -z "$inner" ] || break
    kill -0 "$outer" 2>/dev/null || break
    sleep 0.02
  done
  if [ -z "$inner" ] || ! "$PREPARE" "$inner"; then
    # The waiting host goes with it.
    kill -KILL "$outer" 2>/dev/null || true
    return 1
  fi
  echo "$inner" >"$1/pid"
  echo "$outer" >"$1/outer-pid"
  # Nobody opens the other end when the host has died meanwhile.
  # shellcheck disable=SC2016 # expanded inside
  timeout 5 sh -c 'echo go >"$1"' sh "$1/go" || return 1
  rm -f "$1/go"
}

# --- near: two servers on the loopback -----------------------------------------------------------------------------
start_near() {
  local near=$SSH/near
  if ! is_running "$near/pid" sshHost.sh; then
    write_state "$near" "$NEAR_NAME" chatty
    write_sudoers "$near/etc"
    # MaxSessions stays at its default of 10: the limit is real.
    write_server "$near/ssh" "" 127.0.0.1 "$NEAR_PORT" 'KbdInteractiveAuthentication no'
    write_server "$near/ssh" _code 127.0.0.1 "$CODE_PORT" 'KbdInteractiveAuthentication yes' 'PubkeyAuthentication no'
    PREPARE=true launch "$near" "$NEAR_NAME" || return 1
  fi
  wait_for_banner 127.0.0.1 "$NEAR_PORT" "$near/pid" && wait_for_banner 127.0.0.1 "$CODE_PORT" "$near/pid"
}

# --- far: a network and a user namespace of its own ----------------------------------------------------------------
# Its users are the machine's, one to one: only so can the number of user namespaces be set for this host alone.
prepare_far() { # prepare_far PID
  echo '0 0 4294967295' >"/proc/$1/uid_map"
  echo '0 0 4294967295' >"/proc/$1/gid_map"
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    say "Adding the network link $BRIDGE ($FAR_NETWORK.1/24)."
    ip link add "$BRIDGE" type bridge
  fi
  ip addr replace "$FAR_NETWORK.1/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  # The kernel takes a cable away with its far end, but not at once.
  ip link del "$CABLE" 2>/dev/null || true
  ip link add "$CABLE" type veth peer name eth0 netns "$1"
  nsenter -t "$1" --net sh -c "ip addr add $FAR_ADDRESS/24 dev eth0 && ip link set eth0 up && ip link set lo up"
  # With the bridge in between the route stays when the cable is cut: nothing goes out another way.
  ip link set "$CABLE" master "$BRIDGE" up
}

# What runs on "far" besides sshd: the registries and the web server, from the same folders, at the same addresses.
write_services() { # write_services FOLDER
  local name
  rm -rf "$1"
  mkdir -p "$1"
  for name in registry auth-registry; do
    [ -s "$FOLDER/$name/pid" ] || continue
    sed "s,$FOLDER/,/run/,g" "$FOLDER/$name/config.yml" >"$FOLDER/$name/far.yml"
    say "docker-registry serve /run/$name/far.yml" >"$1/$name"
  done
  [ ! -s "$FOLDER/web/pid" ] || say "busybox httpd -f -p 127.0.0.1:$(cat "$FOLDER/ports/web") -h /run/web/files" >"$1/web"
}

# Where programs are that a cluster may lack (sshFact.sh).
program_folders() {
  local folder
  for folder in /usr/bin /usr/local/bin /usr/libexec/apptainer/bin /usr/lib/x86_64-linux-gnu/apptainer/bin; do
    [ ! -d "$folder" ] || say "$folder"
  done
}

start_far() {
  local far=$SSH/far
  if ! is_running "$far/pid" sshHost.sh; then
    write_state "$far" "$FAR_NAME" quiet
    write_services "$far/services"
    program_folders >"$far/overlaid"
    write_server "$far/ssh" "" "$FAR_ADDRESS" 22 'KbdInteractiveAuthentication no'
    rm -f "$SSH/faulty"
    PREPARE=prepare_far launch "$far" "$FAR_NAME" --net --user || return 1
  fi
  ip link set "$CABLE" up
  wait_for_banner "$FAR_ADDRESS" 22 "$far/pid"
}

link() { # link up|down
  ip link set "$CABLE" "$1"
  [ "$1" = down ] || wait_for_banner "$FAR_ADDRESS" 22 "$SSH/far/pid"
}
reset() {
  link up
  # sshFact.sh leaves that file when it has made a fault.
  [ ! -f "$SSH/faulty" ] || "$TESTBED_SOURCE/sshFact.sh" reset
}

# --- the control ---------------------------------------------------------------------------------------------------
start_control() {
  local node
  node=$(command -v node) || return 1
  if ! is_running "$SSH/control.pid" sshControl.mjs; then
    setsid env -i "PATH=$PATH" "HOME=$HOME" "MYSINGULARITY_TESTBED=$FOLDER" \
      "$node" "$TESTBED_SOURCE/sshControl.mjs" "$SSH/control.sock" "$TEST_USER" >>"$SSH/control.log" 2>&1 </dev/null &
    echo $! >"$SSH/control.pid"
    for _ in $(seq 100); do
      [ ! -S "$SSH/control.sock" ] || return 0
      sleep 0.05
    done
    return 1
  fi
}

# Ports and a network that nobody else has; the same ones at the next start.
choose_places() {
  local port=5222 third=0
  [ ! -s "$SSH/far-network" ] || return 0
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; do
    port=$((port + 10))
  done
  while [ -n "$(ip -4 route show table all | grep -F " 10.77.$third." || true)" ]; do third=$((third + 1)); done
  echo "$port" >"$SSH/near-port"
  echo $((port + 1)) >"$SSH/code-port"
  echo "10.77.$third" >"$SSH/far-network"
}

missing() { # missing PART REASON LOG
  say "$1: $2: $(tail -n 1 "$3" 2>/dev/null | tr -d '\042\134')" >>"$SSH/missing"
}

start() {
  mkdir -p "$SSH"
  : >"$SSH/missing"
  choose_places
  # shellcheck source=sshNames.sh
  . "$TESTBED_SOURCE/sshNames.sh"
  "$TESTBED_SOURCE/sshClient.sh" keys "$TEST_USER"
  FIRST_UID=$(first_uid)
  # shellcheck source=/dev/null
  . "$SSH/secrets"
  if ! start_near; then
    missing ssh "its servers did not start" "$SSH/near/log"
    missing sshFar "without the servers on the loopback there is no far host" "$SSH/near/log"
    return 0
  fi
  if ! start_far; then
    missing sshFar "the host in a network namespace did not start" "$SSH/far/log"
  elif ! start_control; then
    missing sshFar "its control did not start" "$SSH/control.log"
  else
    reset
  fi
  "$TESTBED_SOURCE/sshClient.sh" config "$TEST_USER"
}

case $VERB in
  start) start ;;
  reboot)
    FIRST_UID=$(first_uid)
    # shellcheck source=/dev/null
    . "$SSH/secrets"
    end_host "$SSH/far"
    start_far
    ;;
  link-down) link down ;;
  link-up) link up ;;
  reset) reset ;;
  *)
    complain "usage: sshHosts.sh start|reboot|link-down|link-up|reset [USER]"
    exit 2
    ;;
esac
