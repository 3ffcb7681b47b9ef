# shellcheck shell=bash
# Names and small words shared by the test bed's scripts. Sourced, never run.
set -euo pipefail
export LC_ALL=C

TESTBED_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$TESTBED_SOURCE/../.." && pwd -P)
# The running test bed. e2e/testbed/testbed.ts looks for testbed.json at the same place.
FOLDER=${MYSINGULARITY_TESTBED:-${TMPDIR:-/tmp}/mysingularity-testbed}
FOLDER=${FOLDER%/}
# What is dear to make and the same for every clone: the patched Apptainer package, the realistic image.
CACHE=${XDG_CACHE_HOME:-${HOME:?}/.cache}/mysingularity-testbed
# What was changed on the machine, so that stop.sh can undo it. Outlives /tmp.
UNDO=/var/lib/mysingularity-testbed/undo
# The ordinary user of the suites when root runs the test bed; an ordinary user runs them as himself.
TEST_USER=workbench-test
[ "$(id -u)" = 0 ] || TEST_USER=$(id -un)
# With it that user may use sudo (sudo.sh).
export SUDO_PASSWORD='root for a build'

say() { printf '%s\n' "$@"; }
complain() { printf '%s\n' "$*" >&2; }

# Is the process of pid file $1 alive, and is it the program $2? Pids are reused: a bare kill -0 is not enough.
is_running() {
  local pid
  [ -s "$1" ] && pid=$(cat "$1") && kill -0 "$pid" 2>/dev/null && grep -q "$2" "/proc/$pid/cmdline" 2>/dev/null
}

# Ends the process of pid file $1 (program $2), and waits until it is gone.
end_process() {
  local pid
  if is_running "$1" "$2"; then
    pid=$(cat "$1")
    kill "$pid"
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.05
    done
  fi
  rm -f "$1"
}

# Runs a command quietly; shows its output only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# The Debian mirror that this machine's own apt sources name, without a closing slash.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | grep '/debian/$' | head -n 1 | sed 's,/$,,'
}

is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
