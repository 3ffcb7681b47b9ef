/**
 * Functions for the remote shell that do what `HostFiles` needs, with POSIX sh and the small tools of GNU or busybox.
 * Tools open the files, not the shell: their messages end with the errno's text. Each returns 0, or not 0 with such a
 * message on stderr.
 *
 * - `facts PATH` prints `mode(hex) size seconds[.fraction] device:inode`, links followed
 * - `entries FOLDER` prints `mode size seconds device:inode ./NAME//` lines, then a lone `//`, then the same of what links
 *   lead to; no name holds a slash, so two of them and a line end are the end of an entry
 * - `piece PATH OFFSET LENGTH` prints bytes
 * - `place TEMPORARY TARGET MODE` gives what was written its mode and name
 * - `rename FROM TO` replaces, on one file system; `claim FROM TO` never replaces
 * - `drop PATH` removes what is not a folder, and says 3 for a folder; `dropFolder PATH` removes a folder
 * - `room PATH` prints free blocks and their size
 */
export const fileLibrary = `u=$(umask)
case $(stat -c %.9Y / 2>/dev/null) in [0-9]*.?????????) y=%.9Y;; *) y=%Y;; esac
case $(printf abcdef | dd bs=64k skip=2 count=3 iflag=skip_bytes,count_bytes,fullblock status=none 2>/dev/null) in cde) d=1;; *) d=;; esac
case $(sync --help 2>&1) in *FILE*) f=1;; *) f=;; esac
case $(rm --help 2>&1) in *one-file-system*) x=--one-file-system;; *) x=;; esac
facts() { stat -L -c "%f %s $y %d:%i" -- "$1"; }
enter() { cd -- "$1" 2>/dev/null || { ls -d -- "$1/." >/dev/null && echo "$1: Permission denied" >&2; return 1; }; }
entries() { ( enter "$1" || exit 1
find . -mindepth 1 -maxdepth 1 -exec stat -c "%f %s $y %d:%i %n//" -- {} + 2>/dev/null; echo //
find . -mindepth 1 -maxdepth 1 -type l -exec stat -L -c "%f %s $y %d:%i %n//" -- {} + 2>/dev/null
[ -r . ] || { echo "$1: Permission denied" >&2; exit 1; } ) }
piece() { [ ! -p "$1" ] || { echo "$1: Operation not supported" >&2; return 1; }
if [ "$d" ]; then dd if="$1" bs=64k skip="$2" count="$3" iflag=skip_bytes,count_bytes,fullblock status=none
else [ -r "$1" ] && [ ! -d "$1" ] || { head -c 1 -- "$1" >/dev/null || return 1; }; tail -c "+$(($2+1))" -- "$1" | head -c "$3"; fi; }
settle() { [ -z "$f" ] || sync -- "$1" 2>/dev/null; return 0; }
place() { chmod "$3" "$1" && rename "$1" "$2"; }
rename() { [ ! -d "$2" ] || [ -d "$1" ] || { echo "$2: Is a directory" >&2; return 1; }
[ "$(stat -c %d -- "$1")" = "$(stat -c %d -- "$(dirname -- "$2")")" ] || { stat -- "$1" "$(dirname -- "$2")" >/dev/null && echo "$2: Invalid cross-device link" >&2; return 1; }
mv -fT -- "$1" "$2" </dev/null && settle "$(dirname -- "$2")"; }
claim() { if [ ! -d "$1" ] || [ -L "$1" ]; then
if e=$(ln -T -- "$1" "$2" 2>&1); then rm -f -- "$1"; settle "$(dirname -- "$2")"; return 0; fi
case $e in *"not permitted"|*"not supported"|*"not implemented"|*"Too many links") ;; *) printf '%s\\n' "$e" >&2; return 1;; esac; fi
if [ -e "$2" ] || [ -L "$2" ]; then echo "$2: File exists" >&2; return 1; fi
rename "$1" "$2"; }
drop() { if [ -d "$1" ] && [ ! -L "$1" ]; then return 3; fi; rm -f -- "$1"; }
dropFolder() { if [ "$x" ]; then rm -rf "$x" -- "$1" 2>/dev/null && return 0
find "$1" -xdev -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null; rm -rf "$x" -- "$1"
else find "$1" -xdev -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
find "$1" -xdev -depth ! -type d -exec rm -f -- {} + && find "$1" -xdev -depth -type d -exec rmdir -- {} +; fi; }
room() { p=$1; while [ ! -e "$p" ]; do case $p in */*) p=\${p%/*}; [ "$p" ] || p=/;; *) p=.;; esac; done; stat -f -c '%a %S' -- "$p"; }`;
