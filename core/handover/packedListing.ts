/**
 * Listings of packed trees, as scripts. A line of `unsquashfs -lls` (squashfs-tools 4.3 and later) is `MODE OWNER/GROUP SIZE
 * DATE TIME squashfs-root/PATH`, with ` -> TARGET` behind a link. Names may hold line ends; the same bytes then stand in
 * both listings, and a name that looks like another line leads at worst to a refusal.
 */

/** unsquashfs -lls → `ENTRIES BYTES`, of everything below home/mysingularity. Without intervals: mawk knows none. */
export const listingSum = `LC_ALL=C awk '/^[-dlpscb][-rwxsStT]+ [^ ]+\\/[^ ]+ +[0-9]+ / && index($0, "squashfs-root/home/mysingularity/") {
n++; if (substr($0, 1, 1) == "-") b += $3 }
END { printf "%.0f %.0f\\n", n, b }'`;

/** Setuid and setgid gone from lines `MODE SIZE /PATH`. */
const withoutSetuid = `-e 's,^([-d]..)s(.{6} [0-9]+ /),\\1x\\2,' -e 's,^([-d]..)S(.{6} [0-9]+ /),\\1-\\2,' \\
-e 's,^([-d].{5})s(.{3} [0-9]+ /),\\1x\\2,' -e 's,^([-d].{5})S(.{3} [0-9]+ /),\\1-\\2,'`;

/** unsquashfs -lls → sorted lines `MODE SIZE /PATH`, with ` -> TARGET` behind links; sizes of folders are 0. */
export const packedLines = `LC_ALL=C sed -E -e '/^[-dlpscb][-rwxsStT]{9} .*:[0-9][0-9] squashfs-root(\\/home(\\/mysingularity)?)?$/d' \\
-e 's,^([-dlpscb][-rwxsStT]{9}) [^ ]+/[^ ]+ +([0-9]+) [0-9-]+ [0-9:]+ squashfs-root/home/mysingularity/,\\1 \\2 /,' \\
-e 's,^(d.{9}) [0-9]+ /,\\1 0 /,' ${withoutSetuid} | LC_ALL=C sort`;

/** The same lines of the current folder. */
export const treeLines = `find . -mindepth 1 \\( -type l -printf '%M %s /%P -> %l\\n' -o -type d -printf '%M 0 /%P\\n' -o -printf '%M %s /%P\\n' \\) |
LC_ALL=C sed -E ${withoutSetuid} | LC_ALL=C sort`;
