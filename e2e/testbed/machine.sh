#!/bin/bash
# machine.sh plan|up|down [USER] - the part of the test bed that changes the machine.
#   plan  prints one line for each change that "up" would make; prints nothing when there is none. No root needed.
#   up    makes them (root), and records each in /var/lib/mysingularity-testbed/undo
#   down  undoes what is recorded there (root)
# USER is the ordinary user of the suites; an account that exists is used as it is.
# With MYSINGULARITY_BENCHES=1 also the programs that only the benches compare with.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
VERB=${1:?plan, up or down}
TEST_USER=${2:-$TEST_USER}
export DEBIAN_FRONTEND=noninteractive
# sbin is not on every user's path
PATH=$PATH:/usr/sbin:/sbin

# Apptainer's own needs, and the helpers of its rootless features: mounting a SIF (squashfuse), overlays
# (fuse-overlayfs, fuse2fs, e2fsprogs), --fakeroot without a subuid range (fakeroot), encryption (gocryptfs).
PACKAGES=(ca-certificates containernetworking-plugins squashfs-tools uidmap e2fsprogs libseccomp2 libsqlite3-0
  squashfuse fuse-overlayfs fuse2fs fuse3 fakeroot gocryptfs)
# The test bed's: registries, their password file, pushing, the images, the web server, the page's browser.
PACKAGES+=(docker-registry apache2-utils skopeo debootstrap busybox-static curl chromium)
# The ssh hosts: servers, clients, login shells, the one-time code, and what a person finds on a cluster.
PACKAGES+=(openssh-server openssh-client tcsh fish rsync libpam-google-authenticator iproute2 procps btrfs-progs)
# What the keyserver (onak) is linked with.
PACKAGES+=(libcurl3-gnutls libdb5.3 libhogweed6 libnettle8 libgmp10)
# A keychain, as a desktop has it.
PACKAGES+=(gnome-keyring libsecret-tools dbus)
# What imports unpack with, and engines: images are taken of them, and Dockerfiles built by them.
PACKAGES+=(xz-utils zstd bzip2 podman buildah crun openssl)
# What recipes of workspaces set software up with.
PACKAGES+=(git python3-venv)
# Builds as root, by a person who is not.
PACKAGES+=(sudo)
# What opens a sandbox where there is no runtime.
PACKAGES+=(charliecloud-runtime bubblewrap)
[ -z "${MYSINGULARITY_BENCHES:-}" ] || PACKAGES+=(xvfb xauth xfce4-terminal xterm dbus-x11)

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do is_installed "$package" || printf '%s ' "$package"; done
}
has_subuid() { grep -qs "^$TEST_USER:" "/etc/$1"; }
fuse_is_closed() { [ -c /dev/fuse ] && [ "$(stat -c %a /dev/fuse)" != 666 ]; }
is_debian_12() { grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release && [ "$(dpkg --print-architecture)" = amd64 ]; }

plan() {
  local packages
  if command -v apt-get >/dev/null && is_debian_12; then
    packages=$(missing_packages)
    [ -z "$packages" ] || say "install from Debian: $packages(with what they depend on)"
    apptainer version >/dev/null 2>&1 || say "install Apptainer (Debian's package, adapted to Debian 12)"
  fi
  id "$TEST_USER" >/dev/null 2>&1 || say "add the account $TEST_USER"
  if ! has_subuid subuid || ! has_subuid subgid; then say "give $TEST_USER a range in /etc/subuid and /etc/subgid"; fi
  "$TESTBED_SOURCE/sudo.sh" plan "$TEST_USER"
  if fuse_is_closed; then say "open /dev/fuse to every user (mode $(stat -c %a /dev/fuse) becomes 666)"; fi
}

record() {
  mkdir -p "${UNDO%/*}"
  touch "$UNDO"
  grep -qxF "$*" "$UNDO" || say "$*" >>"$UNDO"
}

# Runs apt-get so that no package starts a daemon of its own, and records every package that came new.
install_recorded() {
  local before after denied=
  before=$(mktemp)
  after=$(mktemp)
  dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort >"$before"
  if ! [ -e /usr/sbin/policy-rc.d ]; then
    denied=1
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
  fi
  local status=0
  quietly apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold \
    install --no-install-recommends "$@" || status=$?
  [ -z "$denied" ] || rm -f /usr/sbin/policy-rc.d
  dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort >"$after"
  comm -13 "$before" "$after" | while read -r package; do record "package $package"; done
  rm -f "$before" "$after"
  return "$status"
}

install_packages() {
  local packages
  packages=$(missing_packages)
  if [ -n "$packages" ]; then
    quietly apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
    # shellcheck disable=SC2086 # one word each
    install_recorded $packages
    # Debian would start a new sshd at the next boot; the test bed starts its own.
    case " $packages" in
      *" openssh-server "*) ! command -v systemctl >/dev/null || quietly systemctl disable ssh.service ssh.socket ;;
    esac
  fi
  if ! apptainer version >/dev/null 2>&1; then
    local package
    package=$("$TESTBED_SOURCE/apptainerPackage.sh")
    # apt reads a local package as the user _apt, who may not enter root's folders
    cp "$package" "/var/cache/apt/archives/${package##*/}"
    install_recorded --allow-downgrades "/var/cache/apt/archives/${package##*/}"
    rm -f "/var/cache/apt/archives/${package##*/}"
  fi
}

# The first range after those given away already.
next_free_id() { awk -F: '{ end = $2 + $3; if (end > top) top = end } END { print (top < 100000 ? 100000 : top) }' "$1"; }

up() {
  if command -v apt-get >/dev/null && is_debian_12; then install_packages; fi
  if ! id "$TEST_USER" >/dev/null 2>&1; then
    quietly useradd -m -s /bin/bash -c 'MySingularity test bed' "$TEST_USER"
    record "account $TEST_USER"
  fi
  local file
  for file in subuid subgid; do
    if ! has_subuid "$file"; then
      touch "/etc/$file"
      say "$TEST_USER:$(next_free_id "/etc/$file"):65536" >>"/etc/$file"
      record "$file $TEST_USER"
    fi
  done
  "$TESTBED_SOURCE/sudo.sh" up "$TEST_USER" | while read -r change; do record "$change"; done
  if fuse_is_closed; then
    record "fuse $(stat -c %a /dev/fuse)"
    chmod 666 /dev/fuse
  fi
}

# Removes packages, unless something else has come to stand on them since.
purge() {
  local others
  others=$(apt-get -s purge "$@" | awk '/^(Purg|Remv) /{ print $2 }' | grep -vxF "$(printf '%s\n' "$@")" || true)
  if [ -n "$others" ]; then
    complain "The packages of the test bed stay: without them these would go too: ${others//$'\n'/ }"
  else
    quietly apt-get -q -y -o DPkg::Lock::Timeout=300 purge "$@"
  fi
}

down() {
  [ -s "$UNDO" ] || return 0
  local kind value packages=
  while read -r kind value; do
    case $kind in
      account)
        if id "$value" >/dev/null 2>&1; then
          quietly userdel -r "$value" || complain "The account $value is in use and stays."
        fi
        sed -i "/^$value:/d" /etc/subuid /etc/subgid
        ;;
      subuid | subgid) sed -i "/^$value:/d" "/etc/$kind" ;;
      sudo) "$TESTBED_SOURCE/sudo.sh" down "$value" ;;
      fuse) [ ! -c /dev/fuse ] || chmod "$value" /dev/fuse ;;
      package) packages="$packages $value" ;;
      *) complain "Unknown line in $UNDO: $kind $value" ;;
    esac
  done <"$UNDO"
  if [ -n "$packages" ]; then
    local present=() package
    for package in $packages; do ! is_installed "$package" || present+=("$package"); done
    [ ${#present[@]} = 0 ] || purge "${present[@]}"
  fi
  rm -rf "${UNDO%/*}"
}

case $VERB in
  plan) plan ;;
  up) up ;;
  down) down ;;
  *)
    complain "usage: machine.sh plan|up|down [USER]"
    exit 2
    ;;
esac
