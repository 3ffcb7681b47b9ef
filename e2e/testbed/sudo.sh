#!/bin/bash
# sudo.sh plan|up|down USER - lets the account of the suites use sudo with a password, as a person on a workstation may.
# Only for an account that the test bed itself added: nobody else's password is touched.
#   plan  prints a line when "up" would change something. No root needed.
#   up    gives the account its password and a rule in /etc/sudoers.d (root); prints lines for the undo record
#   down  locks the password again and removes the rule (root)
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
VERB=${1:?plan, up or down}
USER_NAME=${2:?USER}
RULE=/etc/sudoers.d/mysingularity-testbed

is_ours() { ! id "$USER_NAME" >/dev/null 2>&1 || grep -qsxF "account $USER_NAME" "$UNDO"; }
is_set() { [ -e "$RULE" ]; }

case $VERB in
  plan)
    is_set || ! is_ours || say "let $USER_NAME use sudo, with a password of its own"
    ;;
  up)
    if is_set || ! is_ours || ! command -v visudo >/dev/null; then exit 0; fi
    say "$USER_NAME:$SUDO_PASSWORD" | chpasswd
    # A wrong password costs two seconds, so one is enough. Complete before it has a name that sudo reads: names with a dot are left out.
    printf '%s\n' "Defaults:$USER_NAME !lecture, passwd_tries=1" "$USER_NAME ALL=(root) ALL" >"$RULE.part"
    chmod 440 "$RULE.part"
    quietly visudo -cf "$RULE.part"
    mv "$RULE.part" "$RULE"
    say "sudo $USER_NAME"
    ;;
  down)
    rm -f "$RULE" "$RULE.part"
    ! id "$USER_NAME" >/dev/null 2>&1 || usermod -p '!' "$USER_NAME"
    ;;
esac
