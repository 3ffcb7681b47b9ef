import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskDefinition } from '#core/tasks/task.ts';
import { createSandboxes } from './createSandboxes.ts';
import { ownerlessPlace } from './sandboxRoom.ts';

/** What a login node says, whose home is on NFS and whose scratch is Lustre; folders below `new` are not there. */
const mountInfo = `22 1 259:2 / / rw,relatime shared:1 - xfs /dev/nvme0n1p2 rw,attr2
70 61 0:55 / /home/alice rw,relatime shared:31 - nfs4 nas.example.org:/export/alice rw,vers=4.2
80 22 0:60 / /lustre/scratch rw,relatime shared:40 - lustre 10.0.0.1@o2ib:/scratch rw,flock
`;
const host = {
  id: localHostId,
  run: async () => ({ stdout: mountInfo, stderr: '', exitStatus: 0, signal: null, durationMs: 1 }),
  files: {
    stat: async (path: string) => (path.includes('/new') ? null : { kind: 'folder' }),
    realPath: async (path: string) => path,
  },
} as unknown as Host;
const path = hostPathFromText;

describe('a place for a sandbox', () => {
  it('is judged by the file system of the nearest folder that is there', async () => {
    expect(await ownerlessPlace(host, path('/lustre/scratch/alice/new/tree'))).toBe('Lustre');
    expect(await ownerlessPlace(host, path('/home/alice'))).toBe('NFS');
    expect(await ownerlessPlace(host, path('/tmp/new'))).toBeNull();
  });

  it('that keeps no owners is refused before anything is built with fakeroot', async () => {
    let begun = 0;
    const build: TaskDefinition<unknown> = {
      kind: 'image.build',
      input: z.unknown(),
      describe: () => ({ title: 'x', hostId: localHostId, target: null, byHand: null }),
      storedInput: (input) => input,
      run: async () => {
        begun += 1;
        return { path: null, digest: null, sizeBytes: null, facts: {} };
      },
    };
    const sandboxes = createSandboxes({
      local: host,
      hosts: { open: async () => host, runtime: () => Promise.reject(new Error('not asked')) },
      libraryOf: async () => [],
      defaultFolder: () => path('/tmp'),
      build: () => Promise.reject(new Error('not asked')),
      stateFolder: path('/tmp/state'),
      onProblem: () => undefined,
    });
    const into = (folder: string | null) =>
      sandboxes.noting(build, {
        of: () => ({
          hostId: localHostId,
          folder: folder === null ? null : path(folder),
          base: { kind: 'definition', from: 'x.def' },
          file: null,
          needsOwners: true,
        }),
      });
    const context = {
      id: taskIdSchema.parse('task-0001'),
      signal: new AbortController().signal,
      report: () => undefined,
      log: () => undefined,
      resumeFrom: 0,
      isAdopted: false,
    };
    const refused = await into('/lustre/scratch/alice')
      .run({}, context)
      .catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(WorkbenchError);
    expect((refused as WorkbenchError).report).toMatchObject({
      code: 'sandbox.fileSystem',
      action: { kind: 'chooseFolder' },
    });
    expect(begun).toBe(0);
    await into(null).run({}, context);
    expect(begun).toBe(1);
  });
});
