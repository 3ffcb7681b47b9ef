import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { endProcessesMarked } from './processesMarked.ts';

it('ends what has the folder in its environment, also what hears no signal, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'processes-märked-'));
  const start = async (place: string) => {
    const script = "trap '' HUP INT TERM; echo ready; exec sleep 600";
    const child = spawn('/bin/sh', ['-c', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/usr/bin:/bin', THE_FOLDER: place },
    });
    await once(child.stdout, 'data');
    return child;
  };
  const [marked, beside] = await Promise.all([start(folder), start(`${folder}-2`)]);
  try {
    const end = once(marked, 'exit');
    await endProcessesMarked('THE_FOLDER', hostPathFromText(folder));
    expect((await end)[1]).toBe('SIGKILL');
    expect([beside.exitCode, beside.signalCode]).toEqual([null, null]);
  } finally {
    const end = once(beside, 'exit');
    beside.kill('SIGKILL');
    await end;
    rmSync(folder, { recursive: true });
  }
});
