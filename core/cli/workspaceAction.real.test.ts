import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import { type Core, createCore } from '#core/createCore.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { exitStatus } from './exitStatus.ts';
import { runCommandLine } from './runCommandLine.ts';

const reason = whyMissing('tiny');
const home = mkdtempSync(join(tmpdir(), 'cli-workspace-'));
const kept = { ...process.env };
let core: Core;

beforeAll(async () => {
  for (const name of ['CONFIG', 'DATA', 'STATE', 'CACHE'])
    process.env[`XDG_${name}_HOME`] = join(home, name.toLowerCase());
  core = await createCore({ door: 'loopback', capabilities: [] });
});
afterAll(async () => {
  await core.dispose();
  process.env = kept;
  rmSync(home, { recursive: true, force: true });
});
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

let said = { stdout: '', stderr: '' };

async function run(...words: readonly string[]): Promise<number> {
  said = { stdout: '', stderr: '' };
  return await runCommandLine(words, {
    stdin: Readable.from([]),
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    workingFolder: home,
    openCore: async () => core,
    onInterrupt: () => () => undefined,
    askSecret: () => Promise.resolve(null),
    holdInterrupts: () => () => undefined,
  });
}

it('runs programs in a workspace, and shows what would be run', async () => {
  const { taskId } = await core.client().workspaces.create({
    hostId: localHostId,
    name: 'tools',
    description: '',
    parent: null,
    from: { kind: 'empty' },
    imagePath: null,
  });
  await core.taskEnded(taskId);
  const { sif } = testbed().tiny;
  const { workspaces } = await core.client().workspaces.list({ hostId: localHostId });
  const folder = workspaces[0]?.folder ?? '';

  expect(await run('exec', '--workspace', 'tools', '--dry-run', sif, 'true'), said.stderr).toBe(0);
  expect(said.stdout).toBe(
    `/usr/bin/apptainer exec --no-mount cwd --cwd /home/mysingularity --home ${folder}/home:/home/mysingularity ${sif} true\n`,
  );
  expect(said.stderr).toContain('enters: The workspace tools as /home/mysingularity');
  expect(said.stderr).toContain('stays out: Your home folder stays outside.');

  expect(await run('exec', '--workspace', 'tools', sif, 'sh', '-c', 'pwd >made; exit 3')).toBe(3);
  expect(readFileSync(join(folder, 'home/made'), 'utf8')).toBe('/home/mysingularity\n');
  await vi.waitFor(() => expect(readdirSync(join(folder, 'leases'))).toEqual([]));

  expect(await run('exec', '--workspace', 'nosuch', sif, 'true')).toBe(exitStatus.notStarted);
  expect(said.stderr).toContain('[workspace.unknown]');
});
