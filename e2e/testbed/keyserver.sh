# shellcheck shell=bash
# The keyserver of the test bed: Debian's onak behind keyserver.mjs. Sourced by start.sh.
# Its package is unpacked, not installed: that would add an account, programs that run as it, and the name of a mail
# program. Here it runs as the ordinary user of the suites, sends no mail and speaks with no other server.
ONAK_VERSION=0.6.2-1
ONAK_SHA256=82d961c8df7ddc93eab076f2f19753e65a784f745c2b0005dbf998cad9fb76d6

unpack_onak() { # unpack_onak FOLDER: from the cache, else from Debian
  local package=$CACHE/onak_${ONAK_VERSION}_amd64.deb part=$1.part
  [ ! -d "$1" ] || return 0
  mkdir -p "$CACHE"
  if [ ! -s "$package" ]; then
    # apt's own downloader honours the machine's proxy settings and checks the digest.
    quietly /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file \
      "$(debian_mirror)/pool/main/o/onak/${package##*/}" "$package" "SHA256:$ONAK_SHA256" || return 1
  fi
  rm -rf "$part"
  dpkg-deb -x "$package" "$part" && mv "$part" "$1"
}

start_keyserver() { # start_keyserver FIRST_PORT; prints its address
  local home=$FOLDER/keyserver address port programs
  mkdir -p "$home/data"
  unpack_onak "$home/onak" || return 1
  programs=$home/onak/usr/lib/cgi-bin/pks
  # Its libraries come with other packages, on most machines.
  ! ldd "$programs/lookup" | grep 'not found' >&2 || return 1
  if ! is_running "$home/pid" keyserver.mjs; then rm -f "$home/pid"; fi
  port=$(port_for keyserver "$1" "$home/pid")
  address=127.0.0.1:$port
  if [ ! -s "$home/pid" ]; then
    cat >"$home/onak.ini" <<CONFIG
[main]
backend=testbed
backends_dir=$home/onak/usr/lib/x86_64-linux-gnu/onak/backends
logfile=$home/data/onak.log
loglevel=3
use_keyd=false
max_reply_keys=128

[verification]
check_sighash=true
drop_v3=true

[backend:testbed]
type=db4
location=$home/data
CONFIG
    [ "$(id -u)" != 0 ] || ! id "$TEST_USER" >/dev/null 2>&1 || chown -R "$TEST_USER:" "$home/data"
    setsid "$TESTBED_SOURCE/as-user.sh" node e2e/testbed/keyserver.mjs "$programs" "$home" "$port" \
      >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/" "$home/pid" "$home/log"
  say "$address"
}
