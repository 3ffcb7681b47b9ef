/**
 * Listings of packed trees, as scripts. A line of `unsquashfs -lls` (squashfs-tools 4.3 and later) is `MODE OWNER/GROUP SIZE
 * DATE TIME squashfs-root/PATH`, with ` -> TARGET` behind a link. Names may hold line ends; the same bytes then stand in
 * both listings, and a name that looks like another line leads at worst to a refusal.
 */

/**
 * `list WORD…`: unsquashfs with these words, which lists home/mysingularity. Numbers instead of names of owners, and one
 * time zone (4.4 and later): otherwise both are looked up for every line, which takes sixteen times as long.
 * `digest`: the SHA-256 of standard input, `DIGEST REST`; openssl uses what processors have for it, where sha256sum of
 * Debian 12 takes three times as long. `rest OFFSET`: moves standard input, a file, on without reading it.
 */
export const squashFunctions = `list() { l=-lls
case $({ unsquashfs -help-all; unsquashfs -help; } 2>&1) in *-lln*) l=-lln;; esac
TZ=UTC0 unsquashfs "$l" "$@" home/mysingularity </dev/null; }
digest() { case $(printf '' | openssl dgst -sha256 -r 2>/dev/null) in
'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 '*) openssl dgst -sha256 -r;; *) sha256sum;; esac; }
rest() { dd bs=65536 iflag=skip_bytes skip="$1" count=0 status=none; }
`;

/** Without intervals: mawk knows none. */
const mode = '[-rwxsStT]'.repeat(9);

/**
 * A listing → `ENTRIES BYTES DEVICES LEAVING`: what is below home/mysingularity, how many lines are of devices or sockets,
 * and how many of names that lead out. One pass: a packed tree may have millions of lines. The size is read as a number
 * and not looked for as digits behind blanks, which doubles the time of mawk; it may be no less than 0, so that a name that
 * looks like a line takes nothing away.
 */
export const listingFacts = `LC_ALL=C awk '/^[bcs]${mode} / { d++ }
index($0, "/.") { p = $0
if (match(p, /^l.* -> /)) p = substr(p, 1, RLENGTH - 4)
if (p ~ /^[-dlp]${mode} .* squashfs-root(\\/.*)?\\/\\.\\.?(\\/|$)/) o++ }
index($0, "squashfs-root/home/mysingularity/") && match($0, /^[-dlpscb][-rwxsStT]+ [^ ]+\\/[^ ]+ /) {
s = substr($0, RLENGTH + 1) + 0
if (s >= 0) { n++; if (/^-/) b += s } }
END { printf "%.0f %.0f %d %d\\n", n, b, d, o }'`;

/** Setuid and setgid gone from lines `MODE SIZE /PATH`. */
const withoutSetuid = `-e 's,^([-d]..)s(.{6} [0-9]+ /),\\1x\\2,' -e 's,^([-d]..)S(.{6} [0-9]+ /),\\1-\\2,' \\
-e 's,^([-d].{5})s(.{3} [0-9]+ /),\\1x\\2,' -e 's,^([-d].{5})S(.{3} [0-9]+ /),\\1-\\2,'`;

/** A listing → sorted lines `MODE SIZE /PATH`, with ` -> TARGET` behind links; sizes of folders are 0. */
export const packedLines = `LC_ALL=C sed -E -e '/^[-dlpscb][-rwxsStT]{9} .*:[0-9][0-9] squashfs-root(\\/home(\\/mysingularity)?)?$/d' \\
-e 's,^([-dlpscb][-rwxsStT]{9}) [^ ]+/[^ ]+ +([0-9]+) [0-9-]+ [0-9:]+ squashfs-root/home/mysingularity/,\\1 \\2 /,' \\
-e 's,^(d.{9}) [0-9]+ /,\\1 0 /,' ${withoutSetuid} | LC_ALL=C sort`;

/** The same lines of the current folder. */
export const treeLines = `find . -mindepth 1 \\( -type l -printf '%M %s /%P -> %l\\n' -o -type d -printf '%M 0 /%P\\n' -o -printf '%M %s /%P\\n' \\) |
LC_ALL=C sed -E ${withoutSetuid} | LC_ALL=C sort`;
