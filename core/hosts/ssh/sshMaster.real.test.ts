import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { environment } from './lines.fixture.ts';
import { holdMaster, whenClosed } from './sshMaster.ts';

describe.skipIf(whyMissing('ssh') !== null)('a line whose workbench is killed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'line-'));
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: join(import.meta.dirname, 'createSshConnection.ts'),
        outDir: join(folder, 'built'),
        rolldownOptions: { output: { entryFileNames: 'connection.mjs' } },
      },
      ssr: { noExternal: true },
    });
    const options = {
      hostId: 'cluster',
      label: 'cluster',
      destination: 'cluster',
      port: null,
      sharesConnection: true,
      configFile: testbed().ssh.config,
      runtimeFolder: join(folder, 'run'),
      environment,
    };
    await writeFile(
      join(folder, 'workbench.mjs'),
      `import { createSshConnection } from './built/connection.mjs';
const asker = { canAsk: false, ask: () => Promise.resolve(null) };
const connection = createSshConnection({ ...${JSON.stringify(options)}, asker, onChange() {} });
await connection.connect();
console.log('connected');
`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('ends with it', async () => {
    const workbench = spawn(process.execPath, [join(folder, 'workbench.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(workbench.stdout, 'data');
    const [name = ''] = await readdir(join(folder, 'run'));
    const held = await holdMaster(join(folder, 'run', name));
    if (held === null) throw new Error('no master');
    workbench.kill('SIGKILL');
    await whenClosed(held);
    // Whoever ended the master removes its folder behind it.
    await vi.waitFor(async () => expect(await readdir(join(folder, 'run'))).toEqual([]), {
      timeout: 20_000,
      interval: 50,
    });
  });
});
