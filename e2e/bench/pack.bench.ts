import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { openClient } from '../fixtures/client.ts';
import { startHost } from '../fixtures/host.ts';
import { createPerson } from '../fixtures/person.ts';
import { runProgram } from '../fixtures/programs.ts';
import { testbed } from '../testbed/testbed.ts';
import { median, report } from './report.ts';

/** Fewer for a first look: MYSINGULARITY_BENCH_RUNS=1, MYSINGULARITY_BENCH_FILES=10000. */
const runs = Number(process.env['MYSINGULARITY_BENCH_RUNS'] ?? 3);
const mostFiles = Number(process.env['MYSINGULARITY_BENCH_FILES'] ?? 100_000);
const image = testbed().tiny.sif;
const person = await createPerson();
const host = await startHost(person);
const { client, close } = await openClient(host);

/** Files of some kilobytes, 100 to a folder, half as large when packed; built software is like that. */
async function makeTree(name: string, files: number): Promise<string> {
  const folder = join(person.home, `tree-${name}`);
  for (let at = 0; at < files; at += 100) {
    const below = join(folder, `d${at}`);
    await mkdir(below, { recursive: true });
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        writeFile(join(below, `f${index}`), randomBytes(600 + (index % 10) * 200).toString('hex')),
      ),
    );
  }
  return folder;
}

async function done(taskId: TaskId): Promise<TaskResult> {
  for await (const event of await client.tasks.watch())
    for (const task of event.type === 'snapshot'
      ? event.tasks
      : event.type === 'changed'
        ? [event.task]
        : []) {
      if (task.id !== taskId) continue;
      if (task.status.state === 'succeeded') return task.status.result;
      if (task.status.state === 'failed') throw new Error(task.status.error.title);
    }
  throw new Error('the host ended');
}

/** Waits until so many workspaces have been unpacked in the background; answers with the seconds that the last one took. */
async function unpackedBelow(count: number): Promise<number> {
  const ended = new Map<TaskId, number>();
  for await (const event of await client.tasks.watch()) {
    for (const task of event.type === 'snapshot'
      ? event.tasks
      : event.type === 'changed'
        ? [event.task]
        : []) {
      if (task.kind !== 'workspace.unpackBelow') continue;
      if (task.status.state === 'failed') throw new Error(task.status.error.title);
      if (task.status.state === 'succeeded')
        ended.set(task.id, ((task.endedAt ?? 0) - (task.startedAt ?? 0)) / 1000);
    }
    if (ended.size >= count) return [...ended.values()].at(-1) ?? 0;
  }
  throw new Error('the host ended');
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function program(name: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runProgram(name, args, { environment: person.environment });
  if (status !== 0) throw new Error(stderr);
}

async function settled(): Promise<void> {
  await program('sync', []);
}

/** The first command in a workspace, or a look at every byte of it. */
const inside = (workspace: string, script: string) => async () => {
  const { status, stderr } = await person.workbench([
    'exec',
    '--workspace',
    workspace,
    image,
    'sh',
    '-c',
    script,
  ]);
  if (status !== 0) throw new Error(stderr);
};
const readAll = 'find . -type f -print0 | xargs -0 cat | wc -c';

try {
  const packed = new Map<number, string>();
  const trees = new Map<number, string>();
  for (const files of [mostFiles / 100, mostFiles]) {
    const tree = await makeTree(String(files), files);
    trees.set(files, tree);
    const from = { kind: 'folder' as const, path: hostPathFromText(tree) };
    const name = `made-${files}`;
    const input = { hostId: localHostId, name, description: '', parent: null, from, imagePath: null };
    await done((await client.workspaces.create(input)).taskId);
  }
  const { workspaces } = await client.workspaces.list({ hostId: localHostId });
  const pack = async (files: number, fileName: string) => {
    const workspace = workspaces.find(({ name }) => name === `made-${files}`);
    if (workspace === undefined) throw new Error('no workspace was made');
    const input = {
      hostId: localHostId,
      id: workspace.id,
      folder: hostPathFromText(person.home),
      overwrite: true,
    };
    const rest = { fileName: hostPathFromText(fileName), compression: null, confirmed: [] };
    const { path } = await done((await client.handover.pack({ ...input, ...rest })).taskId);
    packed.set(files, path ?? '');
  };
  await pack(mostFiles / 100, 'small.sif');
  const ours: number[] = [];
  const peer: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await settled();
    const options = '-all-root -no-xattrs -comp zstd -Xcompression-level 3 -quiet -no-progress -noappend';
    const bare = [trees.get(mostFiles) ?? '', join(person.home, 'bare.sqfs'), ...options.split(' ')];
    peer.push(await seconds(() => program('mksquashfs', bare)));
    await settled();
    ours.push(await seconds(() => pack(mostFiles, 'large.sif')));
  }
  report({
    what: `pack ${mostFiles} files`,
    unit: 's',
    ours: median(ours),
    peer: { name: 'mksquashfs', value: median(peer) },
    goal: { of: 'ratio', atMost: 1.1 },
  });

  // As the page adopts: ready over the packed file, which is then unpacked in the background. That begins some seconds
  // later, and is waited for before the next is adopted.
  const adopted = new Map<number, number[]>([...packed.keys()].map((files) => [files, []]));
  let unpackings = 0;
  let unpacking = 0;
  for (let run = 0; run < runs; run += 1)
    for (const [files, path] of packed) {
      await settled();
      const name = `over-${files}-${run}`;
      const from = { kind: 'file' as const, hostId: localHostId, path: hostPathFromText(path) };
      const input = { hostId: localHostId, from, name, parent: null, form: null };
      const took = await seconds(async () => {
        await done((await client.handover.adopt(input)).taskId);
        await inside(name, 'true')();
      });
      adopted.get(files)?.push(took);
      unpackings += 1;
      unpacking = await unpackedBelow(unpackings);
    }
  report({
    what: `adopt ${mostFiles} files, to the first command`,
    unit: 's',
    ours: median(adopted.get(mostFiles) ?? []),
    peer: { name: `${mostFiles / 100} files`, value: median(adopted.get(mostFiles / 100) ?? []) },
    goal: { of: 'ratio', atMost: 1.3 },
  });
  const kept = {
    hostId: localHostId,
    from: { kind: 'file' as const, hostId: localHostId, path: hostPathFromText(packed.get(mostFiles) ?? '') },
    name: 'kept',
    parent: null,
    form: 'over' as const,
  };
  await done((await client.handover.adopt(kept)).taskId);
  // Each is read once before, so that all are read from memory.
  const read = async (workspace: string) => {
    await inside(workspace, readAll)();
    return await seconds(inside(workspace, readAll));
  };
  const plain = { name: 'plain files', value: await read(`made-${mostFiles}`) };
  report({
    what: `read all of what was adopted, when it had been unpacked (${unpacking.toFixed(1)} s in the background)`,
    unit: 's',
    ours: await read(`over-${mostFiles}-${runs - 1}`),
    peer: plain,
    goal: { of: 'ratio', atMost: 5 },
  });
  report({
    what: 'read all of what is kept packed, or is not unpacked yet',
    unit: 's',
    ours: await read('kept'),
    peer: plain,
    goal: null,
  });
} finally {
  close();
  await host.stop();
  await person.dispose();
}
