import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { listingFacts } from './packedListing.ts';

/** `ENTRIES BYTES DEVICES LEAVING` of a listing whose lines are told without the path of the tree. */
function facts(...lines: readonly string[]): string {
  const root = 'squashfs-root/home/mysingularity';
  const head = [
    'drwxr-xr-x 0/0                      61 1970-01-01 00:00 squashfs-root',
    'drwxr-xr-x 0/0                      36 1970-01-01 00:00 squashfs-root/home',
    `drwxr-xr-x 0/0                   18655 2026-01-02 03:04 ${root}`,
  ];
  const listing = [...head, ...lines.map((line) => line.replace('~', root))].join('\n');
  return execFileSync('/bin/sh', ['-c', listingFacts], { input: `${listing}\n`, encoding: 'utf8' }).trim();
}

it('counts entries of every kind, and the bytes of files, whoever owns them', () => {
  expect(
    facts(
      'drwxr-xr-x 0/0                      40 2026-01-02 03:04 ~/d',
      '-rw-r--r-- 0/0                    1200 2026-01-02 03:04 ~/d/-rw of 7 parts',
      '-rwsr-x--- 1000/100000              30 2026-01-02 03:04 ~/d/b',
      '-rw-r--r-- alice/users               4 2026-01-02 03:04 ~/.profile',
      '-rw-r--r-- 0/0 12345678901234567890123 2026-01-02 03:04 squashfs-root/elsewhere',
      'lrwxrwxrwx 0/0                      12 2026-01-02 03:04 ~/link -> ../elsewhere',
      'prw-r--r-- 0/0                       0 2026-01-02 03:04 ~/pipe',
    ),
  ).toBe('6 1234 0 0');
});

it('counts devices, sockets and names that lead out', () => {
  expect(
    facts(
      'crw-rw-rw- 0/0                  1,  3 2026-01-02 03:04 ~/null',
      'srw-rw-rw- 0/0                       0 2026-01-02 03:04 ~/socket',
      '-rw-r--r-- 0/0                       2 2026-01-02 03:04 ~/../../z',
    ),
  ).toMatch(/ 2 1$/);
});

it('lets a name that looks like lines take nothing away', () => {
  expect(
    facts(
      '-rw-r--r-- 0/0                     100 2026-01-02 03:04 ~/name',
      '-rw-r--r-- 0/0                     -99 2026-01-02 03:04 ~/less',
      '-rw-r--r-- 0/0',
      ' more',
    ),
  ).toBe('1 100 0 0');
});
