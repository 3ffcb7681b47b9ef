import { keyLines } from './secretFiles.ts';
import { recordFormats } from './syncRecord.ts';

/**
 * What a sync does on each of the two hosts, as scripts for any POSIX shell with GNU find, coreutils and tar. `$1` is the
 * folder of the workspace, `$2` the private folder of this sync in its `sync/` (`STAGING`). In it:
 *   scan                 the listing of the tree when the sync began
 *   get                  paths that the other side reads here
 *   files/               what came from the other side, on its way to the tree
 *   old/                 links to what is replaced or removed, until the end
 *   unlocked.MODE        folders that were made writable for a moment, and the mode that they get back
 * Lists of paths end each with NUL and begin with `./`.
 */

/** `pack`: bytes → text that no host changes on its way; `Z` before it where it is compressed. */
const pack = `pack() { if command -v gzip >/dev/null 2>&1; then { printf Z; gzip -1; }; else { printf P; cat; }; fi | base64; }
`;

const print = (where: 'all' | 'plain') => {
  const { file, folder, link, other } = recordFormats;
  const rest = where === 'all' ? ` -o -printf '${other}'` : '';
  return `\\( -type f -printf '${file}' -o -type d -printf '${folder}' -o -type l -printf '${link}'${rest} \\)`;
};

/** The same within single quotes. */
const inQuotes = (text: string) => text.replaceAll("'", "'\\''");

/** Messages of find, without those of what vanished meanwhile: that is seen by its missing line. */
const complain = `complain() { said=$(printf '%s\\n' "$1" | grep -v -e ': No such file or directory$' -e ': Not a directory$'); [ -z "$said" ] || { printf '%s\\n' "$said" >&2; exit 1; }; }
`;

/** `FOLDER OTHER`: what a former sync with this workspace left: listings (`L NAME`), private folders (`S NAME AGE OWNER`). */
export const surveyScript = `cd -- "$1/home" && cd .. || exit 74
cd sync 2>/dev/null || exit 0
for f in "$2".*.list; do [ -f "$f" ] && echo "L $f"; done
n=$(date +%s)
for d in .syncing-*; do [ -d "$d" ] && [ ! -L "$d" ] || continue
printf 'S %s %s ' "$d" $((n - $(stat -c %Y -- "$d"))); base64 2>/dev/null <"$d/.owner.json" | tr -d '\\n'; echo
done
:`;

/** `FOLDER…`: private folders of syncs: the number of the workspace from 0 on, their name, age in seconds and owner. */
export const leftoversScript = `w=0; n=$(date +%s)
for f do ( cd -- "$f/sync" 2>/dev/null || exit
for d in .syncing-*; do [ -d "$d" ] && [ ! -L "$d" ] || continue
printf '%s %s %s ' "$w" "$d" $((n - $(stat -c %Y -- "$d"))); base64 2>/dev/null <"$d/.owner.json" | tr -d '\\n'; echo
done ); w=$((w + 1)); done`;

/** `settle STAGING`: brings back what an unfinished moving-in had taken away, and the modes of folders. */
const settle = `settle() { [ ! -d "$1/old" ] || cp -RPln -- "$1/old/." ../home/ 2>/dev/null || cp -RPn --preserve=mode,timestamps,links -- "$1/old/." ../home/ 2>/dev/null || :
for u in "$1"/unlocked.*; do [ -f "$u" ] || continue
( m=\${u##*.}; u=$PWD/$u; cd ../home && xargs -0 -r chmod "$m" -- <"$u" 2>/dev/null ) || :
done; }
clear() { rm -rf --one-file-system -- "$1" 2>/dev/null && return; chmod -R u+rwX -- "$1" 2>/dev/null; rm -rf --one-file-system -- "$1"; }
`;

/** `FOLDER STAGING OWNER OTHER LEFT…`: makes the private folder; what dead syncs left is settled, and what had come is kept. */
export const beginScript = `${settle}cd -- "$1" && mkdir -p sync && chmod 700 sync && cd sync || exit
s=$2; o=$3; i=$4; shift 4
mkdir -- "$s" && printf %s "$o" >"$s/.owner.json" || exit
for l do [ -d "$l" ] || continue
settle "$l"
case $l in ".syncing-$i."*) [ -e "$s/files" ] || mv -T -- "$l/files" "$s/files" 2>/dev/null;; esac
clear "$l"
done
mkdir -p -- "$s/files" "$s/old"`;

/** `FOLDER STAGING`: ends an unfinished sync; what had come stays for the next one. */
export const settleScript = `${settle}cd -- "$1/sync" 2>/dev/null && [ -d "$2" ] || exit 0
settle "$2"
if [ -n "$(ls -A -- "$2/files" 2>/dev/null)" ]; then clear "$2/old"; rm -f -- "$2"/unlocked.*; else clear "$2"; fi`;

/** `FOLDER STAGING`: the same, and what had come goes. */
export const clearScript = `${settle}cd -- "$1/sync" 2>/dev/null && [ -d "$2" ] || exit 0
settle "$2"; clear "$2"`;

/** `FOLDER STAGING OTHER KEPT`: ends a sync that is done: of the listings, the agreed one is kept. */
export const endScript = `${settle}cd -- "$1/sync" 2>/dev/null || exit 0
[ ! -f "$3.$4.list" ] || for f in "$3".*.list; do [ "$f" = "$3.$4.list" ] || rm -f -- "$f"; done
clear "$2"`;

/** `FOLDER STAGING LISTING`: what changed in the tree since a listing; without a staging nothing is written. */
export const scanScript = `${pack}${complain}l=/dev/null; [ -z "$3" ] || l=../sync/$3
cd -- "$1/home" || exit 74
k=/dev/null; [ -z "$2" ] || k=../sync/$2/scan
exec 4>&1
said=$({ { find . -xdev -mindepth 1 ${print('plain')} 2>&3; [ $? -le 1 ] && printf '~end\\0'; } | sort -z | tee -- "$k" | comm -z -3 -- "$l" - | pack >&4; } 3>&1)
complain "$said"`;

/** `FOLDER PATH…`: SHA-256 of files: `HASH  PATH` each. */
export const hashScript = `${pack}cd -- "$1/home" || exit 74
shift; printf '%s\\0' "$@" | xargs -0 -r sha256sum -z -- 2>/dev/null | pack`;

const grepKeys = `grep -lZ -a -m 1 -D skip -d skip ${keyLines}`;

/** `FOLDER PATH…`: those of the files that hold a private key. Fails where grep cannot tell. */
export const keysScript = `${pack}cd -- "$1/home" || exit 74
shift; ${grepKeys} </dev/null >/dev/null; [ $? = 1 ] || exit 1
printf '%s\\0' "$@" | xargs -0 -r ${grepKeys} -- 2>/dev/null | pack`;

/** `FOLDER STAGING`: the present lines of the paths in `look`; then, behind a line `~end`, those that differ from the scan. */
export const lookScript = `${pack}${complain}cd -- "$1/home" || exit 74
s=../sync/$2
said=$(xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 ${inQuotes(print('all').replaceAll('%P', '%p'))}' sh <"$s/look" 2>&1 >"$s/looked")
complain "$said"
sed -z 's|^/\\./|/|' <"$s/looked" | sort -z -u >"$s/sorted"
{ cat -- "$s/sorted"; printf '~end\\0'; comm -z -23 -- "$s/sorted" "$s/scan"; } | pack`;

/** `FOLDER STAGING`: the lines of what came. */
export const stagedScript = `${pack}cd -- "$1/sync/$2/files" || exit 74
find . -mindepth 1 ! -type d ${print('all')} | pack`;

/** `FOLDER STAGING`: drops what is in the list `drop`. */
export const dropScript = `cd -- "$1/sync/$2/files" && xargs -0 -r rm -f -- <../drop`;

/** `FOLDER STAGING`: drops what cannot be used, makes new folders and links, gives files their modes; then their lines. */
export const readyScript = `${pack}cd -- "$1/sync/$2/files" || exit 74
[ ! -f ../drop ] || xargs -0 -r rm -f -- <../drop || exit
[ ! -f ../folders ] || xargs -0 -r mkdir -p -- <../folders || exit
[ ! -f ../links ] || xargs -0 -r -n 1000 sh -c 'while [ $# -gt 1 ]; do ln -s -- "$1" "$2" || exit; shift 2; done' sh <../links || exit
for m in ../filemodes.*; do [ ! -f "$m" ] || xargs -0 -r chmod "\${m##*.}" -- <"$m" || exit; done
find . -mindepth 1 ! -type d ${print('all')} | pack`;

/**
 * `FOLDER STAGING`: moves what is ready into the tree: originals are linked first, each file is replaced at once by a
 * rename, whole new folders by one. Read-only folders are writable only meanwhile.
 */
export const applyScript = `real "$1/home" || exit 74
h=$r; cd -- "$1/sync/$2" || exit 74
s=$PWD
inside() { ( l=$s/$1; shift; [ -f "$l" ] || exit 0; cd -- "$h" && xargs -0 -r "$@" <"$l" ); }
for u in unlocked.*; do [ ! -f "$u" ] || inside "$u" chmod u+rwx -- || exit; done
inside keep cp -lP --parents -t "$s/old" -- 2>/dev/null || inside keep cp -P --preserve=mode,timestamps,links --parents -t "$s/old" -- || exit
inside remove rm -f -- || exit
inside rmdirs rmdir -- 2>/dev/null
cd files || exit
find . -mindepth 1 -type d \\( -exec sh -c '[ ! -e "$0/$1" ] && [ ! -L "$0/$1" ] && mv -nT -- "$1" "$0/$1"' "$h" {} \\; -prune -o -true \\)
find . -type d -exec sh -c 'h=$0; for d do [ -d "$h/$d" ] && [ ! -L "$h/$d" ] || exit 1
( cd -- "$d" && find . -mindepth 1 -maxdepth 1 ! -type d -print0 | xargs -0 -r mv -f -t "$h/$d" -- ) || exit 1; done' "$h" {} + || exit 1
cd ..
mv -T old replaced || exit
for u in unlocked.*; do [ ! -f "$u" ] || inside "$u" chmod "\${u##*.}" -- 2>/dev/null || :; done
rm -f unlocked.*
for m in foldermodes.*; do [ ! -f "$m" ] || inside "$m" chmod "\${m##*.}" -- || exit; done`;

/** `FOLDER STAGING OTHER LAST NEXT`: the next listing: the last one, without the lines of `minus`, with those of `plus`. */
export const commitScript = `cd -- "$1/sync/$2" || exit 74
l=/dev/null; [ -z "$4" ] || l=../$3.$4.list
{ comm -z -23 -- "$l" minus || exit 1; } >next.part && sort -z -m -- next.part plus >next || exit
{ sync -- next 2>/dev/null; mv -fT -- next "../$3.$5.list"; }`;
