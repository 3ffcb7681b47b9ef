import { ownedTreeFunctions } from '#core/hosts/ownedTree.ts';
import { plainInAwk } from '#core/runtime/mountTable.ts';

/**
 * What is done to trees, as scripts for any POSIX shell with GNU find and coreutils (what our ssh hosts need anyway).
 * Paths are words of the script; names are bytes, and may hold anything.
 */

/** `PARENT MAKING NAME OWNER`: makes the private folder MAKING in PARENT, for a later NAME. */
export const beginScript = `mkdir -p -- "$1" && cd -- "$1" || exit
[ ! -e "$3" ] && [ ! -L "$3" ] || exit 71
mkdir -m 700 -- "$2" && printf %s "$4" >"$2/.owner.json"`;

/** `PARENT MAKING NAME FILE TEXT`: writes FILE in it, and gives the private folder its name; never over another. */
export const finishScript = `cd -- "$1" && [ -d "$2" ] || exit 74
printf '%s\\n' "$5" >"$2/$4.part" && { sync -- "$2/$4.part" 2>/dev/null; mv -fT -- "$2/$4.part" "$2/$4"; } || exit
mv -nT -- "$2" "$3" 2>/dev/null
if [ -e "$2" ]; then [ ! -e "$3" ] && [ ! -L "$3" ] && mv -T -- "$2" "$3" || exit 71; fi
rm -f -- "$3/.owner.json"
sync -- . 2>/dev/null || :`;

/** Mount points at or below a folder without links (`$1`), one escaped line each; proc_pid_mountinfo(5). */
const mountsBelow = `mounts() { MS_AT=$1 awk '${plainInAwk}
BEGIN { at = ENVIRON["MS_AT"] }
{ p = plain($5); if (p == at || substr(p, 1, length(at) + 1) == at "/") print $5 }' /proc/self/mountinfo 2>/dev/null; }
`;

/**
 * `KIND FROM TO …`: copies one after the other. A `tree` with all that its owner may keep (times, modes, links, hard links
 * among themselves, shared blocks where the file system can); other file systems below are left out, a line `M PATH`
 * (base64) for each. The copy is its owner's to change, whatever the mode of the first folder was. A `file` as it is. Says a
 * line with 500 for each 500 entries. Ends with what `cp` ended with; above 128 a signal ended it.
 */
export const copyScript = `${mountsBelow}exec 3>&1 4>&2
tree() { [ -d "$1" ] || exit 74
real "$1" && from=$r && real "\${2%/*}" || exit 74
case $r/ in "\${from%/}"/*) exit 75;; esac
mounts "$from" | while IFS= read -r p; do [ "$p" = "$from" ] || { printf 'M '; code "$p"; }; done
s=$({ { cp -a -v -x --reflink=auto -T -- "$from" "$2" 2>&4; echo $? >&5; } | awk 'NR % 500 == 0 { print 500; fflush() }' >&3; } 5>&1)
[ "$s" -lt 128 ] || exit "$s"
chmod u+rwx -- "$2" || exit 1
[ "$s" = 0 ] || worst=$s; }
file() { [ -f "$1" ] || exit 74
cp --preserve=mode,timestamps --reflink=auto -T -- "$1" "$2" || exit 1
sync -- "$2" 2>/dev/null || sync; }
worst=0
while [ $# -gt 2 ]; do
case $1 in tree) tree "$2" "$3";; file) file "$2" "$3";; *) exit 1;; esac
shift 3
done
exit $worst`;

/** `owned UID`: whether an id is among the person's subordinate ones; subuid(5), getsubids(1). */
const owned = `owned() { u=$(id -un); i=$(id -u)
{ getsubids "$u" | awk '{ print $2 ":" $3 ":" $4 }'; cat /etc/subuid; } 2>/dev/null | MS_U=$u MS_I=$i MS_O=$1 awk -F: '
{ if (($1 == ENVIRON["MS_U"] || $1 == ENVIRON["MS_I"]) && ENVIRON["MS_O"] + 0 >= $2 + 0 && ENVIRON["MS_O"] + 0 < $2 + $3) found = 1 }
END { exit !found }' && in_ids true 2>/dev/null; }
`;

/**
 * `PARENT NAME DOOMED`: renames NAME to DOOMED and removes it; only DOOMED where NAME is not there. First it looks
 * whether all of it can go: nothing mounted in it, no folders of others with something in them. With a used-up quota even
 * a rename fails (btrfs): then it stops being a workspace by losing its manifest, and is removed where it is.
 */
export const removeScript = `${mountsBelow}${ownedTreeFunctions}${owned}cd -- "$1" || exit 74
for n in "$2" "$3"; do
if [ -z "$n" ] || [ -L "./$n" ] || [ ! -d "./$n" ]; then continue; fi
real "./$n" || exit 74
p=$(mounts "$r" | head -n 1)
[ -z "$p" ] || { code "$p"; exit 72; }
done
if [ -n "$2" ] && [ -d "./$2" ] && [ ! -L "./$2" ]; then
me=$(id -u)
if [ "$me" != 0 ]; then
for o in $(find "./$2" -xdev -type d ! -uid "$me" ! -empty -printf '%U\\n' 2>/dev/null | sort -u | head -n 64); do
owned "$o" || { code "$o"; exit 73; }
done
fi
chmod u+rwx -- "./$2" 2>/dev/null
if ! mv -T -- "./$2" "./$3" 2>/dev/null; then
[ -w . ] || { echo 'Permission denied' >&2; exit 1; }
rm -f -- "./$2/workspace.json" "./$2/snapshot.json"
mv -T -- "./$2" "./$3" 2>/dev/null || { wipe "$2"; exit; }
fi
fi
wipe "$3"`;

/**
 * Brings a restoring in `snapshots/` to its end, wherever it was cut: what is copied waits as `copy`, is whole as `new`;
 * what was there is `old` from the moment when it is moved away, and then a snapshot. Before that moment all is undone.
 */
const settleRestore = `settle() { read -r part <"$1/part"
case $part in home|upper) ;; *) wipe "$1"; return;; esac
if [ -e "$1/old" ]; then
[ -e "../$part" ] || mv -T -- "$1/new" "../$part" 2>/dev/null || [ -e "../$part" ] || return 1
mv -T -- "$1/old" "$1/$part" 2>/dev/null || [ ! -e "$1/old" ] || return 1
fi
if [ -e "$1/$part" ]; then mv -nT -- "$1" "\${1#.restoring-}" && rm -f -- "\${1#.restoring-}/.owner.json" "\${1#.restoring-}/part"
else wipe "$1"; fi; }
`;

/** `SNAPSHOTS RESTORING TEXT`: puts the whole copy in the place of the tree; what was there becomes a snapshot (TEXT). */
export const exchangeScript = `${ownedTreeFunctions}${settleRestore}cd -- "$1" || exit 74
read -r part <"$2/part" || exit 74
printf '%s\\n' "$3" >"$2/snapshot.json" && { sync -- "$2/snapshot.json" 2>/dev/null; mv -T -- "$2/copy" "$2/new"; } || exit
[ ! -d "../$part" ] || chmod u+w -- "../$part"
mv -T -- "../$part" "$2/old" || { wipe "$2"; exit 1; }
settle "$2"`;

/** `SNAPSHOTS RESTORING`: the same after a kill. */
export const settleScript = `${ownedTreeFunctions}${settleRestore}cd -- "$1" || exit 74
[ ! -d "$2" ] || settle "$2"`;
