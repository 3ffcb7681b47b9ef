import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testbed } from '#e2e/testbed/testbed.ts';
import { debianUnpack } from './installAdvice.ts';

/**
 * The packages come from this machine's own list of their files, not from the network; what is done with them is the
 * advice itself. The installed runtime and helpers are hidden, so that only the unpacked ones can answer.
 */
const packages = ['apptainer', 'squashfuse', 'fuse2fs', 'fuse-overlayfs', 'gocryptfs', 'libfuse3-3'];
const hidden = ['/usr/lib/x86_64-linux-gnu/apptainer', '/etc/apptainer', '/var/lib/apptainer'];
let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'own-account-'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function shell(script: string): string {
  const env = { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', TINY: testbed().tiny.sif };
  return execFileSync('/bin/sh', ['-ec', script], { env, cwd: home, encoding: 'utf8', stdio: 'pipe' });
}

it('gives an ordinary user a runtime in his own account', () => {
  const unpack = packages.map(
    (name) =>
      `dpkg -L ${name} | while read -r f; do [ -d "$f" ] || echo "$f"; done | tar -C / -cf - -T - 2>/dev/null | tar -xf -`,
  );
  const steps = debianUnpack.slice(3).join(' && ');
  shell(
    `mkdir -p ~/apptainer/var/lib/apptainer/mnt/session && cd ~/apptainer && ${unpack.join(' && ')} && ${steps}`,
  );
  const hide = hidden.map((folder) => `mount -t tmpfs none ${folder}`);
  const helpers = ['squashfuse', 'squashfuse_ll', 'fuse2fs', 'fuse-overlayfs'].map(
    (name) => `mount --bind /dev/null /usr/bin/${name}`,
  );
  const used = [
    '~/apptainer/bin/apptainer exec $TINY echo it runs',
    "printf 'Bootstrap: localimage\\nFrom: %s\\n%%post\\n touch /built\\n' $TINY > ~/x.def",
    '~/apptainer/bin/apptainer build ~/x.sif ~/x.def >&2',
    '~/apptainer/bin/apptainer exec ~/x.sif ls /built',
  ];
  const inside = [...hide, ...helpers, ...used].join(' && ');
  expect(shell(`unshare -Urm /bin/sh -ec '${inside.replaceAll("'", `'\\''`)}'`)).toBe('it runs\n/built\n');
});
