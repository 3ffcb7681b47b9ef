import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostIdSchema } from '#core/contract/ids.ts';
import type { SshConnection } from './sshConnection.ts';

/** The means that a host may have. */
export interface Means {
  /** The account's login shell, as words. */
  readonly loginShell: string;
  /** What its `/bin/sh` is, as words. */
  readonly sh: string;
  /** Nothing but busybox: no GNU tools, no perl, no bash. */
  readonly isBusybox: boolean;
}

export interface Here extends SshConnection {
  dispose(): void;
}

/**
 * A connection whose other end is this machine with other shells and tools: in place of ssh stands a script that gives
 * its last word to a login shell in a session of its own, as sshd does.
 */
export function connectHere({ loginShell, sh, isBusybox }: Means): Here {
  const folder = mkdtempSync(join(tmpdir(), 'here-'));
  const tools = join(folder, 'bin');
  mkdirSync(tools);
  if (isBusybox) {
    const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
    for (const applet of applets) symlinkSync('/bin/busybox', join(tools, applet));
  }
  const program = join(folder, 'ssh');
  writeFileSync(
    program,
    `#!/bin/bash
word=\${*: -1}
word=\${word//'exec /bin/sh'/'exec ${sh}'}
exec /usr/bin/setsid -w ${loginShell} -c "$word"
`,
  );
  chmodSync(program, 0o755);
  const hostId = hostIdSchema.parse('here');
  // Behind the applets only what sshd itself would bring: the login shell is started with a whole path.
  const path = isBusybox ? tools : (process.env['PATH'] ?? '/usr/bin:/bin');
  return {
    hostId,
    label: 'here',
    state: () => ({ state: 'connected', since: 0, reason: null }),
    connect: async () => undefined,
    openChannel: async () => ({
      program,
      args: ['here'],
      environment: { PATH: path, HOME: folder },
      release: () => undefined,
    }),
    reportLoss: () => undefined,
    disconnect: async () => undefined,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
