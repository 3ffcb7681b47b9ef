import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type CommandLineFixture, openCommandLine } from './commandLine.fixture.ts';
import { exitStatus } from './exitStatus.ts';

const reason = whyMissing('tiny');
let line: CommandLineFixture;

beforeAll(async () => {
  line = await openCommandLine();
});
afterAll(() => line.dispose());
beforeEach((context) => {
  if (reason !== null) context.skip(reason);
});

it('runs programs in a workspace, and shows what would be run', async () => {
  const { taskId } = await line.core.client().workspaces.create({
    hostId: localHostId,
    name: 'tools',
    description: '',
    parent: null,
    from: { kind: 'empty' },
    imagePath: null,
  });
  await line.core.taskEnded(taskId);
  const { sif } = testbed().tiny;
  const { workspaces } = await line.core.client().workspaces.list({ hostId: localHostId });
  const folder = workspaces[0]?.folder ?? '';

  expect(await line.run('exec', '--workspace', 'tools', '--dry-run', sif, 'true'), line.said.stderr).toBe(0);
  expect(line.said.stdout).toBe(
    `/usr/bin/apptainer exec --no-mount cwd --cwd /home/mysingularity --home ${folder}/home:/home/mysingularity ${sif} true\n`,
  );
  expect(line.said.stderr).toContain('enters: The workspace tools as /home/mysingularity');
  expect(line.said.stderr).toContain('stays out: Your home folder stays outside.');

  expect(await line.run('exec', '--workspace', 'tools', sif, 'sh', '-c', 'pwd >made; exit 3')).toBe(3);
  expect(readFileSync(join(folder, 'home/made'), 'utf8')).toBe('/home/mysingularity\n');
  await vi.waitFor(() => expect(readdirSync(join(folder, 'leases'))).toEqual([]));

  expect(await line.run('exec', '--workspace', 'nosuch', sif, 'true')).toBe(exitStatus.notStarted);
  expect(line.said.stderr).toContain('[workspace.unknown]');
});
