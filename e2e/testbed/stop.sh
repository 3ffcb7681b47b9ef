#!/bin/bash
# stop.sh [--keep] - stops the test bed's servers, removes its folder and undoes what start.sh changed on the machine:
# /dev/fuse, subuid ranges, the account, the packages that came with it. --keep only stops the servers, so that the
# next start is fast. The cache stays either way; it is a folder: remove it by hand.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

end_process "$FOLDER/registry/pid" docker-registry
end_process "$FOLDER/auth-registry/pid" docker-registry
end_process "$FOLDER/token-registry/pid" docker-registry
end_process "$FOLDER/token-registry/tokens.pid" tokenServer.mjs
end_process "$FOLDER/s3/pid" s3Server.mjs
end_process "$FOLDER/proxy-registry/pid" docker-registry
end_process "$FOLDER/keyserver/pid" keyserver.mjs
end_process "$FOLDER/spec-registry/pid" specRegistry.mjs
end_process "$FOLDER/web/pid" busybox
if [ -d "$FOLDER/ssh" ]; then
  if [ "$(id -u)" = 0 ]; then
    "$TESTBED_SOURCE/sshStop.sh" "$@"
  elif command -v sudo >/dev/null; then
    sudo env "MYSINGULARITY_TESTBED=$FOLDER" "$TESTBED_SOURCE/sshStop.sh" "$@"
  else
    complain "Ending the ssh hosts needs root: $TESTBED_SOURCE/sshStop.sh"
  fi
fi
say "The servers are stopped."
[ "${1:-}" != --keep ] || exit 0

# Only what the test bed made: a folder with testbed.json in it.
[ ! -f "$FOLDER/testbed.json" ] || rm -rf "$FOLDER"
[ -s "$UNDO" ] || exit 0
say "Undoing on this machine:"
sed 's/^/  - /' "$UNDO"
if [ "$(id -u)" = 0 ]; then
  "$TESTBED_SOURCE/machine.sh" down
elif command -v sudo >/dev/null; then
  sudo "$TESTBED_SOURCE/machine.sh" down
else
  complain "That needs root: $TESTBED_SOURCE/machine.sh down"
  exit 1
fi
