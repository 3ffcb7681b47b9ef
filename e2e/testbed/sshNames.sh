# shellcheck shell=bash
# shellcheck disable=SC2034 # used where it is sourced
# What the scripts of the ssh hosts share. Sourced after common.sh, never run.
SSH=$FOLDER/ssh
SSH_ACCOUNTS="alice bob carol dave"
# Ranges in the hosts' own /etc/subuid, far above those that a machine gives away.
FIRST_SUBUID=1879048192

# The value in FOLDER/ssh/$1, else $2.
kept() { if [ -s "$SSH/$1" ]; then cat "$SSH/$1"; else echo "$2"; fi; }
NEAR_NAME=cluster
NEAR_PORT=$(kept near-port 5222)
CODE_PORT=$(kept code-port 5223)
FAR_NAME=clusterA
FAR_NETWORK=$(kept far-network 10.77.0)
FAR_ADDRESS=$FAR_NETWORK.11
# The link: a bridge on this side, a cable from it to the far host.
BRIDGE=mysing-bed${FAR_NETWORK##*.}
CABLE=mysing-far${FAR_NETWORK##*.}

# A zombie is dead: where process 1 of a container reaps nothing it would stay for ever.
is_alive() { grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"; }

# Ends host STATE: the kernel ends everything that runs on it with its process 1. Waits until that is gone, and with its
# parent, which waits for it, the last mount.
end_host() { # end_host STATE
  local pid
  if is_running "$1/pid" sshHost.sh; then
    pid=$(cat "$1/pid")
    kill -KILL "$pid"
    for pid in "$pid" "$(kept "${1##*/}/outer-pid" "$pid")"; do
      while is_alive "$pid"; do sleep 0.02; done
    done
  fi
  rm -f "$1/pid"
}
