import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { addListedLine, squashfsListCommand, squashfsUnpackCommand } from '#core/runtime/squashfsList.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { ForeignSquashfs, Unpack } from './openImage.ts';
import type { MakePrivateFolder } from './privateFolder.ts';
import { openSandbox } from './sandboxTree.ts';
import { mostNames } from './squashfsLayout.ts';

/** What is unpacked to a disk is bounded closer than what is only read. */
const mostBytes = 20 * 1024 ** 3;

/** Unpacks what is packed with xz, lzma, lzo or lz4, by `unsquashfs` of this machine, into a private folder. */
export function createUnpack(host: Host, context: TaskContext, makeFolder: MakePrivateFolder): Unpack {
  return async (squashfs) => {
    const folder = await makeFolder(await listedBytes(host, squashfs, context));
    try {
      const root = joinPath(folder.path, hostPathFromText('root'));
      context.report({ phase: 'unpack', fraction: null, text: 'Unpacking with unsquashfs' });
      await run(host, squashfs, root, context);
      return { tree: openSandbox(root), reason: null, note, close: folder.remove };
    } catch (thrown) {
      await folder.remove();
      throw thrown;
    }
  };
}

const note =
  'Its compression is read by unsquashfs alone: it was unpacked by this user, who may not make devices';

async function listedBytes(host: Host, squashfs: ForeignSquashfs, context: TaskContext): Promise<number> {
  let sum = { names: 0, bytes: 0 };
  const spec = squashfsListCommand(squashfs);
  const outcome = await host.run(spec, {
    signal: context.signal,
    taskId: context.id,
    keepBytes: 16_384,
    onLine: (line, stream) => {
      if (stream === 'stdout') sum = addListedLine(sum, line);
    },
  });
  if (outcome.exitStatus !== 0) throw cannotRead(squashfs, outcome);
  if (sum.names > mostNames || sum.bytes > mostBytes)
    throw workbenchError('input.invalid', {
      path: squashfs.path,
      reason: 'It unpacks to more than 20 GB or two million names, and is packed so that it must be unpacked',
    });
  return sum.bytes;
}

async function run(
  host: Host,
  squashfs: ForeignSquashfs,
  folder: HostPath,
  context: TaskContext,
): Promise<void> {
  const outcome = await host.run(squashfsUnpackCommand(squashfs, folder), {
    signal: context.signal,
    taskId: context.id,
  });
  // 2 says that something could not be written as it is, such as a device: unsquashfs(1), EXIT STATUS.
  if (outcome.exitStatus !== 0 && outcome.exitStatus !== 2) throw cannotRead(squashfs, outcome);
}

function cannotRead(
  { path }: ForeignSquashfs,
  outcome: { readonly stderr: string; readonly exitStatus: number | null },
): Error {
  return workbenchError(
    'image.hostileHeader',
    { path, reason: 'unsquashfs cannot read it' },
    { command: 'unsquashfs', evidence: outcome.stderr, exitStatus: outcome.exitStatus },
  );
}
