import { overTree } from './layeredTree.ts';
import { listingFacts, packedLines, squashFunctions, treeLines } from './packedListing.ts';

/** What is wrong with a packed tree: exit statuses of the scripts. */
export const adoptStatus = {
  digest: 81,
  damaged: 82,
  device: 83,
  counts: 84,
  different: 85,
  leaves: 86,
  noProgram: 80,
} as const;

/** `$at` and `$file` for unsquashfs: from `$offset` on, which its help calls `-o[ffset]`; before 4.4 a copy of that part. */
const squash = `command -v unsquashfs >/dev/null || exit ${adoptStatus.noProgram}
case $({ unsquashfs -help-all; unsquashfs -help; } 2>&1) in *ffset*) at="-offset $offset";; *) at=
tail -c +$((offset + 1)) -- "$file" | head -c "$size" >.tree.sqfs && file=.tree.sqfs || exit;; esac
`;

/** The digest of the part from `$offset` on of `$size` bytes of `$file`; the end of a file is read where it lies. */
const partDigest = `{ if [ "$((offset + size))" = "$(stat -L -c %s -- "$file")" ] && rest "$offset"; then digest
else tail -c +$((offset + 1)) | head -c "$size" | digest; fi; } <"$file"`;

/** A line that is another one when somebody has written to the file at `$file` or put another in its place. */
const stampOf = `stat -L -c '%d %i %s %y %z' -- "$file"`;

/**
 * `FOLDER FROM`: the folders that a packed file is mounted with, and a copy of it as `packed.sif` in FOLDER unless FROM is
 * empty; then the stamps of FROM before and after are told.
 */
export const layScript = `cd -- "$1" && mkdir -m 700 home upper work || exit
[ -n "$2" ] || exit 0
file=$2
${stampOf} && cp --reflink=auto -- "$file" packed.sif && ${stampOf}`;

/** `FILE OFFSET SIZE`: the digest of a packed tree, and the stamps of its file before and after, a line each. */
export const proveScript = `${squashFunctions}file=$1 offset=$2 size=$3
${stampOf} || exit
sum=$(${partDigest}) || exit 1
${stampOf} && echo "\${sum%% *}"`;

/**
 * `FOLDER FILE OFFSET SIZE SHA256 ENTRIES BYTES FORM`: proves the bytes of a packed tree, lists it (nothing is unpacked
 * yet), and refuses what no workspace holds: devices, sockets, names that leave, more than it says. SHA256 is `-` where
 * somebody else proves the bytes. For the form `unpacked` the list stays as `.packed` in FOLDER; a packed file that is
 * mounted as it is has nothing to be compared with. Proof and list are at work at the same time.
 */
export const checkScript = `${squashFunctions}folder=$1 file=$2 offset=$3 size=$4 sha=$5 entries=$6 bytes=$7 form=$8
cd -- "$folder" || exit 74
proof= got=$sha
[ "$sha" = - ] || { ${partDigest} >.sum & proof=$!; }
${squash}keep() { if [ "$form" = over ]; then "$@"; else tee .listed | "$@"; fi; }
facts() { ${listingFacts}; }
{ list $at "$file" || echo >.failed; } | head -c $((entries * 8192 + 1048576)) | keep facts >.facts
read -r n b devices leaving <.facts || exit 1
[ -z "$proof" ] || { wait "$proof" && read -r got more <.sum; } || exit 1
[ "$got" = "$sha" ] || exit ${adoptStatus.digest}
[ ! -e .failed ] || exit ${adoptStatus.damaged}
[ "$devices" = 0 ] || exit ${adoptStatus.device}
[ "$leaving" = 0 ] || exit ${adoptStatus.leaves}
[ "$n $b" = "$entries $bytes" ] || exit ${adoptStatus.counts}
[ "$form" = over ] || { ${packedLines}; } <.listed >.packed
rm -f .listed .sum .facts .tree.sqfs`;

/**
 * `FOLDER FILE OFFSET SIZE`: the tree as the person's own files in `home` of FOLDER, seen to be what was listed. unsquashfs
 * lets the umask take modes away, and nobody else reaches into FOLDER.
 */
export const unpackScript = `folder=$1 file=$2 offset=$3 size=$4
cd -- "$folder" || exit 74
${squash}umask 0
unsquashfs -quiet -no-progress -no-xattrs $at -dest .tree "$file" home/mysingularity </dev/null >/dev/null || exit 1
umask 077
rm -f .tree.sqfs
chmod u+rwx .tree .tree/home .tree/home/mysingularity && mv -T .tree/home/mysingularity home && rmdir .tree/home .tree || exit
find home -xdev ! -type l -perm /6000 -exec chmod ug-s {} + || exit
(cd home && ${treeLines}) >.unpacked && cmp -s .packed .unpacked || exit ${adoptStatus.different}
rm .packed .unpacked`;

/** Opens the packed file with own writes above, mounted as it will be; nothing that takes longer where more is in it. */
export const layeredScript = overTree(`cd -- "$tree" && : >.opened && rm .opened`);

/** `FOLDER FILE OFFSET SIZE AT`: the part of an image that is a workspace's tree, in `packed` of FOLDER from AT on. */
export const extractScript = `cd -- "$1" && truncate -s "$5" packed && tail -c +$(($3 + 1)) -- "$2" | head -c "$4" >>packed`;
