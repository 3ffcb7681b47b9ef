/** Exit statuses of our scripts, beside those of the small tools. */
export const scriptStatus = { noTools: 71, damaged: 72 } as const;

const prelude = `umask 077
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C; export LC_ALL
need() { for each; do command -v "$each" >/dev/null || { echo "$each is missing"; exit 71; }; done; }
`;

/**
 * FOLDER NAME COPY: a copy beside the file, with its holes, its mode and its times; blocks are shared where the file system
 * can. Names are given relative to the folder: a `?` in a path means options to e2fsprogs.
 */
export const copyScript = `${prelude}
cd -- "$1" || exit 1
exec cp -p --reflink=auto --sparse=always -- "./$2" "./$3"
`;

/**
 * FOLDER COPY SIZE: grows the copy, and sees that it is sound before and after. As below, a copy that is gone is not made
 * anew (`-c`): the script may outlive a killed workbench, whose next start has removed it.
 */
export const growScript = `${prelude}
need e2fsck resize2fs
cd -- "$1" || exit 1
truncate -c -s "$3" -- "./$2" || exit 1
e2fsck -fp "./$2"
[ $? -le 1 ] || exit 72
resize2fs "./$2" || exit 1
e2fsck -fn "./$2" || exit 72
sync -- "./$2"
`;

/** PATH OFFSET: says what is wrong, and changes nothing. Status 0 is sound, 4 is not. */
export const checkScript = `${prelude}
need e2fsck
options=
[ "$2" = - ] || options="?offset=$2"
exec 3<"$1" || exit 1
e2fsck -fn "/dev/fd/3$options"
`;

/** FOLDER COPY OFFSET SIZE: mends the copy. A file that was cut gets its full size back first (SIZE, or - for one in a SIF). */
export const mendScript = `${prelude}
need e2fsck
cd -- "$1" || exit 1
options=
[ "$3" = - ] || options="?offset=$3"
[ "$4" = - ] || truncate -c -s "$4" -- "./$2" || exit 1
e2fsck -fy "./$2$options"
[ $? -le 2 ] || exit 72
e2fsck -fn "./$2$options" || exit 72
sync -- "./$2"
`;

/**
 * FOLDER COPY OFFSET LENGTH END SIZE: what lay at OFFSET goes from the copy: with the end of the file, where no object that
 * ends at END lies behind it, else as zeros, which take no room where the file system can. SIZE, as an octal word of printf,
 * is what the header then says of all data (at byte 120): the runtime leaves there what it was.
 */
export const cutScript = `${prelude}
cd -- "$1" || exit 1
if [ "$5" -le "$3" ]; then truncate -c -s "$5" -- "./$2"
else fallocate -p -o "$3" -l "$4" "./$2" 2>/dev/null ||
dd if=/dev/zero of="./$2" bs=1M iflag=count_bytes oflag=seek_bytes count="$4" seek="$3" conv=notrunc; fi || exit 1
printf "$6" | dd of="./$2" bs=1 seek=120 conv=notrunc 2>/dev/null || exit 1
sync -- "./$2"
`;

/** FOLDER NAME COPY KEPT: the copy takes the name, the old file gets another; the name is never without a file where links are. */
export const replaceKeepingScript = `${prelude}
cd -- "$1" || exit 1
[ ! -e "./$4" ] || exit 1
ln -- "./$2" "./$4" || mv -n -- "./$2" "./$4" || exit 1
mv -f -T -- "./$3" "./$2"
`;
