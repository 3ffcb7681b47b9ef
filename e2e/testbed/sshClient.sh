#!/bin/bash
# sshClient.sh keys|config [USER] - the client's side of the test bed's ssh hosts (root).
#   keys    makes the keys and secrets in FOLDER/ssh/client, once, readable by USER alone (and by root)
#   config  writes the ssh_config, the known hosts and ssh.json (the `ssh` of testbed.json)
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
VERB=${1:?keys or config}
TEST_USER=${2:-$TEST_USER}
# shellcheck source=sshNames.sh
. "$TESTBED_SOURCE/sshNames.sh"
CLIENT=$SSH/client

keys() {
  mkdir -p "$CLIENT"
  [ -s "$SSH/secrets" ] || (
    umask 077
    {
      say "PASSWORD='correct horse battery'" "PASSPHRASE='staple the key'"
      say "PASSWORD_HASH='$(openssl passwd -6 'correct horse battery')'"
      say "TOTP_SECRET=$(head -c 20 /dev/urandom | base32)"
    } >"$SSH/secrets"
  )
  # shellcheck source=/dev/null
  . "$SSH/secrets"
  [ -s "$CLIENT/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C 'test bed' -f "$CLIENT/id_ed25519"
  [ -s "$CLIENT/id_passphrase" ] ||
    ssh-keygen -q -t ed25519 -N "$PASSPHRASE" -C 'test bed, with passphrase' -f "$CLIENT/id_passphrase"
  # A key that no server lets in, and a host key that no server has.
  [ -s "$CLIENT/id_stranger" ] || ssh-keygen -q -t ed25519 -N '' -C 'test bed, a stranger' -f "$CLIENT/id_stranger"
  chmod 600 "$CLIENT"/id_*
  chmod 644 "$CLIENT"/id_*.pub
  chown -R "$TEST_USER" "$CLIENT"
}

known() { # known "HOST..." PUBLIC-KEY-FILE
  local host
  for host in $1; do say "$host $(cut -d ' ' -f 1,2 "$2")"; done
}
entry() { # entry HOST ADDRESS PORT USER LINE...
  say "Host $1" "  HostName $2" "  Port $3" "  User $4"
  shift 4
  [ $# = 0 ] || printf '  %s\n' "$@"
}
fingerprint() { ssh-keygen -l -f "$1" | cut -d ' ' -f 2; }

config() {
  # shellcheck source=/dev/null
  . "$SSH/secrets"
  local near=$SSH/near/ssh far=$SSH/far/ssh key="IdentityFile $CLIENT/id_ed25519"
  {
    known "[127.0.0.1]:$NEAR_PORT" "$near/host_key.pub"
    known "[127.0.0.1]:$CODE_PORT" "$near/host_key_code.pub"
    [ ! -s "$far/host_key.pub" ] || known "$FAR_ADDRESS" "$far/host_key.pub"
  } >"$CLIENT/known_hosts"
  known "[127.0.0.1]:$NEAR_PORT" "$CLIENT/id_stranger.pub" >"$CLIENT/known_hosts_changed"
  {
    entry cluster 127.0.0.1 "$NEAR_PORT" alice "$key"
    entry cluster-bob 127.0.0.1 "$NEAR_PORT" bob "$key"
    entry cluster-carol 127.0.0.1 "$NEAR_PORT" carol "$key"
    entry cluster-nologin 127.0.0.1 "$NEAR_PORT" dave "$key"
    entry cluster-passphrase 127.0.0.1 "$NEAR_PORT" alice "IdentityFile $CLIENT/id_passphrase"
    entry cluster-stranger 127.0.0.1 "$NEAR_PORT" alice "IdentityFile $CLIENT/id_stranger"
    entry cluster-unknown 127.0.0.1 "$NEAR_PORT" alice "$key" "UserKnownHostsFile \${HOME}/.ssh/known_hosts"
    entry cluster-changed 127.0.0.1 "$NEAR_PORT" alice "$key" "UserKnownHostsFile $CLIENT/known_hosts_changed"
    entry cluster-otp 127.0.0.1 "$CODE_PORT" alice 'PreferredAuthentications keyboard-interactive'
    entry cluster-far "$FAR_ADDRESS" 22 alice "$key"
    entry cluster-far-bob "$FAR_ADDRESS" 22 bob "$key"
    entry cluster-far-carol "$FAR_ADDRESS" 22 carol "$key"
    entry cluster-jump "$FAR_ADDRESS" 22 alice "$key" 'ProxyJump cluster'
    # The first value wins: what stands above goes before.
    say 'Host cluster*' "  UserKnownHostsFile $CLIENT/known_hosts" '  GlobalKnownHostsFile none' \
      '  IdentitiesOnly yes' '  IdentityAgent none' '  UpdateHostKeys no'
  } >"$CLIENT/config"
  chown -R "$TEST_USER" "$CLIENT"
  cat >"$SSH/ssh.json.part" <<JSON
{
    "config": "$CLIENT/config",
    "knownHosts": "$CLIENT/known_hosts",
    "key": "$CLIENT/id_ed25519",
    "passphraseKey": "$CLIENT/id_passphrase",
    "passphrase": "$PASSPHRASE",
    "password": "$PASSWORD",
    "totpSecret": "$TOTP_SECRET",
    "near": {
      "name": "$NEAR_NAME", "address": "127.0.0.1", "port": $NEAR_PORT, "codePort": $CODE_PORT,
      "fingerprint": "$(fingerprint "$near/host_key.pub")",
      "codeFingerprint": "$(fingerprint "$near/host_key_code.pub")"
    },
    "far": {
      "name": "$FAR_NAME", "address": "$FAR_ADDRESS", "port": 22,
      "fingerprint": "$([ ! -s "$far/host_key.pub" ] || fingerprint "$far/host_key.pub")"
    },
    "places": {
      "small": "/srv/small", "quota": "$([ ! -s "$SSH/near/quota.img" ] || echo /srv/quota)",
      "noexec": "/srv/noexec", "locked": "/srv/locked", "scratch": "/srv/scratch"
    },
    "control": "$SSH/control.sock"
  }
JSON
  mv "$SSH/ssh.json.part" "$SSH/ssh.json"
}

case $VERB in
  keys) keys ;;
  config) config ;;
  *)
    complain "usage: sshClient.sh keys|config [USER]"
    exit 2
    ;;
esac
