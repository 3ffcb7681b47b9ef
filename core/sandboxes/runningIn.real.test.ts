import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyMissing } from '#e2e/testbed/testbed.ts';
import { runningScript } from './runningIn.ts';

let folder = '';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'runningIn-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

/**
 * A process whose folder for a root is mounted from `real/a box`, as an instance's is, while `real` is also seen as `seen`:
 * what is found when each of the `asked` is looked at.
 */
const scene = `set -e
cd "$1"; shift; script=$1; shift
mount --bind real seen
mkfifo ready
unshare --mount sh -c 'mount --bind "real/a box" session/rootfs; echo >ready; exec sleep 300' &
read -r _ <ready
for asked; do sh -c "$script" sh "$PWD/$asked" | sed "s/^$! /it /"; echo "-- $asked"; done
kill "$!"`;

describe('what runs in a sandbox', () => {
  it.skipIf(whyMissing('user'))('is found however the folder is mounted where it is seen', () => {
    for (const name of ['real/a box', 'real/another', 'box', 'seen', 'session/rootfs'])
      mkdirSync(join(folder, name), { recursive: true });
    const asked = ['real/a box', 'seen/a box', 'real/another', 'real', 'box', 'session/rootfs'];
    const words = ['--user', '--map-root-user', '--mount', 'sh', '-c', scene, 'sh', folder, runningScript];
    const told = execFileSync('unshare', [...words, ...asked], { encoding: 'utf8' });
    expect(told.split('\n').filter((line) => line !== '')).toEqual([
      'it sleep',
      '-- real/a box',
      'it sleep',
      '-- seen/a box',
      '-- real/another',
      '-- real',
      '-- box',
      '-- session/rootfs',
    ]);
  });
});
