import { describe, expect, it } from 'vitest';
import { addListedLine } from './squashfsList.ts';

/** Recorded: unsquashfs 4.5.1 `-lln` of a folder with a line end in a name, a link, a device and a pipe. */
const recorded = `drwxr-xr-x 0/0                      68 2026-11-20 17:21 squashfs-root
-rw-r--r-- 0/0                       1 2026-11-20 17:21 squashfs-root/a
b
drwxr-xr-x 0/0                      27 2026-11-20 17:21 squashfs-root/dir
-rw-r--r-- 0/0                       3 2026-11-20 17:21 squashfs-root/dir/motd
lrwxrwxrwx 0/0                       6 2026-11-20 17:21 squashfs-root/ln -> /etc/x
crw-r--r-- 0/0                   1,  3 2026-11-20 17:21 squashfs-root/null
prw-r--r-- 0/0                       0 2026-11-20 17:21 squashfs-root/p`;

const sumOf = (text: string) => text.split('\n').reduce(addListedLine, { names: 0, bytes: 0 });

describe('a listing of a squashfs', () => {
  it('adds up the sizes of files alone', () => {
    expect(sumOf(recorded)).toEqual({ names: 8, bytes: 4 });
  });

  it('is never too small for what a name adds to it', () => {
    const forged = `${recorded}\n-rw-r--r-- 0/0    900 2026-11-20 17:21 squashfs-root/no such\n-rw-r--r-- 0/0 -900 2026-11-20 17:21 x`;
    expect(sumOf(forged).bytes).toBe(904);
  });
});
