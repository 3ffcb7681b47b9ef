import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BuildInput } from '#core/contract/builds.ts';
import { hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Task } from '#core/contract/tasks.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { type BuildsFixture, buildInput, clusterId, openBuilds } from './builds.fixture.ts';

const bed = testbed();
const base = `Bootstrap: localimage\nFrom: ${bed.tiny.sif}\n`;
let fixture: BuildsFixture | null = null;

/** Builds on the cluster; nothing may be left there or here. */
async function failureOf(text: string, rest: Partial<BuildInput> = {}): Promise<Task['status']> {
  if (fixture?.cluster == null) throw new Error('no cluster');
  const { host, folder } = fixture.cluster;
  const definition = fixture.write('fails.def', text);
  const there = { hostId: clusterId, target: { hostId: clusterId, folder: null, fileName: null } };
  const before = (await host.files.list(folder)).map(({ name }) => name);
  const { status } = await fixture.run(buildInput(definition, { ...there, ...rest }));
  expect((await host.files.list(folder)).map(({ name }) => name)).toEqual(before);
  expect((await host.files.list(hostPathFromText(bed.ssh.places.small))).map(({ name }) => name)).toEqual([]);
  expect(readdirSync(fixture.library)).toEqual([]);
  return status;
}

describe('a build that cannot be done on an ssh host is told by its cause and the next step', () => {
  beforeAll(async () => {
    if (whyMissing('apptainer', 'tiny', 'ssh') === null) fixture = await openBuilds({ withCluster: true });
  });
  beforeEach(({ skip }) => {
    const reason = whyMissing('apptainer', 'tiny', 'ssh');
    if (reason !== null) skip(reason);
  });
  afterAll(() => fixture?.dispose());

  it('no space to unpack in, found by the runtime, or before anything is sent', async () => {
    const temporaryFolder = hostPathFromText(bed.ssh.places.small);
    const full = await failureOf(`${base}\n%post\n    head -c 9000000 /dev/zero >/big\n`, {
      temporaryFolder,
    });
    fixture?.write('big.bin', 'x'.repeat(5_000_000));
    const short = await failureOf(`${base}\n%files\n    big.bin\n`, { temporaryFolder });
    for (const status of [full, short])
      expect(status).toMatchObject({
        error: {
          code: 'disk.full',
          hostId: 'cluster',
          title: `No space left for ${temporaryFolder}`,
          nextStep: expect.stringContaining('choose a folder on another disk'),
        },
      });
  });

  it.each([
    [
      'debootstrap',
      'OSVersion: bookworm\nMirrorURL: http://127.0.0.1:3/debian',
      3,
      'Failed getting release file',
    ],
    ['busybox', 'MirrorURL: http://127.0.0.1:3/busybox', 2, 'connection refused'],
  ])('an unreachable mirror of %s, at its line', async (agent, headers, line, reason) => {
    expect(await failureOf(`Bootstrap: ${agent}\n${headers}\n`)).toMatchObject({
      error: {
        code: 'build.mirror',
        title: expect.stringContaining('http://127.0.0.1:3/'),
        cause: expect.stringContaining(reason),
        nextStep: expect.stringContaining('MirrorURL'),
        data: { line },
      },
    });
  });

  it('a file that is not there, at its line', async () => {
    expect(await failureOf(`${base}\n%files\n    nothere.txt /opt/\n`)).toMatchObject({
      error: {
        code: 'build.definition',
        cause: expect.stringContaining('There is no “nothere.txt”: put it there, or pick where it lies'),
        data: { line: 5 },
      },
    });
  });

  it('an image that has the name, which stays', async () => {
    if (fixture?.cluster == null) throw new Error('no cluster');
    const path = joinPath(fixture.cluster.folder, hostPathFromText('fails.sif'));
    await fixture.cluster.host.files.write(path, 'theirs');
    expect(await failureOf(base)).toMatchObject({
      error: {
        code: 'image.targetExists',
        nextStep: expect.stringContaining('another name'),
        action: { kind: 'overwrite' },
      },
    });
    expect(await fixture.cluster.say(`cat '${path}'`)).toBe('theirs');
  });
});
