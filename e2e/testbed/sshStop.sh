#!/bin/bash
# sshStop.sh [--keep] - ends the ssh hosts of the test bed with everything that runs on them, their link and its control
# (root). Without --keep their folder goes too: accounts, homes and keys exist nowhere else.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=sshNames.sh
. "$TESTBED_SOURCE/sshNames.sh"
PATH=$PATH:/usr/sbin:/sbin

end_process "$SSH/control.pid" sshControl.mjs
end_host "$SSH/near"
end_host "$SSH/far"
for link in "$CABLE" "$BRIDGE"; do
  if command -v ip >/dev/null && ip link show "$link" >/dev/null 2>&1; then ip link del "$link"; fi
done
[ "${1:-}" = --keep ] || rm -rf "$SSH"
