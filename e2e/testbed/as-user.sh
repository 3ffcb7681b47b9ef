#!/bin/bash
# as-user.sh COMMAND [ARGUMENT...] - runs a command in the checkout as the ordinary user of the suites, with a clean
# environment. An ordinary user runs it as himself. When root runs it and that user cannot reach the checkout (it lies
# below root's home, say), the checkout is bound to a path that he can reach, in a mount namespace of this command.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
[ $# -gt 0 ] || {
  complain "usage: as-user.sh COMMAND [ARGUMENT...]"
  exit 2
}
HOME_FOLDER=$(getent passwd "$TEST_USER" | cut -d: -f6 || true)
[ -n "$HOME_FOLDER" ] || complain "There is no account $TEST_USER (e2e/testbed/start.sh adds it): going on as root."
if [ "$(id -u)" != 0 ] || [ -z "$HOME_FOLDER" ]; then
  cd "$CHECKOUT"
  exec "$@"
fi

NODE=$(command -v node)
ENVIRONMENT=(HOME="$HOME_FOLDER" USER="$TEST_USER" LOGNAME="$TEST_USER" SHELL=/bin/bash LANG=C.UTF-8
  TERM="${TERM:-dumb}" MYSINGULARITY_TESTBED="$FOLDER")
# What steers the suites, and nothing else of root's environment.
for name in CI DISPLAY FORCE_COLOR ELECTRON_OVERRIDE_DIST_PATH $(compgen -e MYSINGULARITY_); do
  [ "$name" = MYSINGULARITY_TESTBED ] || [ -z "${!name:-}" ] || ENVIRONMENT+=("$name=${!name}")
done
as_user() { setpriv --reuid="$TEST_USER" --regid="$TEST_USER" --init-groups env -i "$@"; }

# Runs "$@" as the user in folder $1, with node's folder $2 first on the path.
run_in() {
  cd "$1"
  exec setpriv --reuid="$TEST_USER" --regid="$TEST_USER" --init-groups env -i \
    "${ENVIRONMENT[@]}" PATH="$2:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" "${@:3}"
}

if as_user test -r "$CHECKOUT/package.json" -a -x "$CHECKOUT" && as_user test -x "$NODE"; then
  run_in "$CHECKOUT" "${NODE%/*}" "$@"
fi

# In the new namespace this script starts again, finds itself bound and goes on.
if [ -z "${MYSINGULARITY_BOUND:-}" ]; then
  mkdir -p "$FOLDER/checkout" "$FOLDER/node"
  MYSINGULARITY_BOUND=1 MYSINGULARITY_TESTBED=$FOLDER exec unshare --mount --propagation private "$0" "$@"
fi
NODE_HOME=$(dirname "$(dirname "$(realpath "$NODE")")")
mount --bind "$CHECKOUT" "$FOLDER/checkout"
NODE_FOLDER=${NODE%/*}
if ! as_user test -x "$NODE"; then
  mount --bind "$NODE_HOME" "$FOLDER/node"
  NODE_FOLDER=$FOLDER/node/bin
fi
as_user test -r "$FOLDER/checkout/package.json" || {
  complain "$TEST_USER may not read the files of $CHECKOUT: chmod -R go+rX it, or clone with umask 022."
  exit 1
}
run_in "$FOLDER/checkout" "$NODE_FOLDER" "$@"
