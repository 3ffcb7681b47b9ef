import { expect, test } from 'vitest';
import { isUsableRsync, parseRsyncProgress, parseSentBytes } from './rsyncOutput.ts';

test.each([
  ['     54,558,720  55%   47.75MB/s    0:00:00', 54_558_720, 0.55],
  ['       54558720  55%   47.75MB/s    0:00:00  ', 54_558_720, 0.55],
  ['    346.123.000 100%    1,10GB/s    0:00:00 (xfr#1, to-chk=0/1)', 346_123_000, 1],
  ['              0   0%    0.00kB/s    0:00:00', 0, 0],
])('%j is progress', (line, doneBytes, fraction) => {
  expect(parseRsyncProgress(line)).toEqual({ doneBytes, fraction });
});

test.each(['', 'a.sif', 'Total bytes sent: 346,123', 'rsync: connection unexpectedly closed', '12 %'])(
  '%j is none',
  (line) => {
    expect(parseRsyncProgress(line)).toBeNull();
  },
);

test('the bytes that were sent are in the statistics', () => {
  const stats =
    'Number of files: 1\nTotal file size: 97,600,000 bytes\nTotal bytes sent: 346,123\nTotal bytes received: 69,001\n';
  expect(parseSentBytes(stats)).toBe(346_123);
  expect(parseSentBytes('')).toBeNull();
});

test('only the original rsync 3 is used', () => {
  expect(isUsableRsync('rsync  version 3.2.7  protocol version 31\n')).toBe(true);
  expect(isUsableRsync('Welcome.\nrsync  version v3.1.3  protocol version 31\n')).toBe(true);
  expect(isUsableRsync('rsync  version 2.6.9  protocol version 29\n')).toBe(false);
  expect(isUsableRsync('openrsync: protocol version 29\nrsync version 2.6.9 compatible\n')).toBe(false);
  expect(isUsableRsync('sh: rsync: not found')).toBe(false);
});
