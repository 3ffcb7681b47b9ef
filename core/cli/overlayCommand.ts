import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, type TaskId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { OneOverlay, Overlay } from '#core/contract/overlays.ts';
import { formatBytes, formatDuration } from '#core/contract/quantity.ts';
import { askYes } from './askYes.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { followTask, writeEnd } from './followTask.ts';
import { type ChosenHost, type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { pathFromArgument, pathThere } from './pathArgument.ts';
import { printable, printableLines, table } from './printable.ts';
import { targetFromArgument } from './targetArgument.ts';

type Options = CommonOptions & HostOption;

export interface CreateOverlayOptions extends Options {
  readonly size: number;
  readonly folder?: readonly string[];
  readonly fakeroot?: boolean;
}

export async function createOverlay(
  line: CommandLine,
  target: string,
  options: CreateOverlayOptions,
): Promise<number> {
  const folders = options.folder ?? [];
  const wrong = folders.find((folder) => !/^\/[^,\n]+$/.test(folder));
  if (wrong !== undefined)
    throw new UsageError(`--folder ${wrong}: expected a whole path, such as /home/mysingularity`);
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const place = target.includes('/')
    ? await targetFromArgument(client, host, target)
    : { folder: null, fileName: hostPathFromText(target) };
  if (place.fileName === null) throw new UsageError(`${target}: name the file to make`);
  const { taskId } = await client.overlays.create({
    hostId: host.id,
    folder: place.folder,
    fileName: place.fileName,
    sizeBytes: options.size,
    folders: [...folders],
    isFakeroot: options.fakeroot === true,
  });
  return await finish(line, client, taskId, options, 'Made an overlay');
}

export async function listOverlays(line: CommandLine, options: Options): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const { overlays } = await client.overlays.list({ hostId: host.id });
  if (options.json === true) writeJson(line.stdout, { overlays });
  else if (overlays.length === 0) line.stderr.write('No overlays\n');
  else
    line.stdout.write(
      table([
        ['SIZE', 'USED', 'STATE', 'PATH'],
        ...overlays.map((one) => [
          formatBytes(one.sizeBytes),
          one.usedBytes === null ? '-' : formatBytes(one.usedBytes),
          stateOf(one),
          printable(one.path),
        ]),
      ]),
    );
  return exitStatus.done;
}

export async function showOverlay(line: CommandLine, path: string, options: Options): Promise<number> {
  const { client, one } = await overlayFromArgument(line, path, options);
  const overlay = await client.overlays.detail(one);
  if (options.json === true) {
    writeJson(line.stdout, overlay);
    return exitStatus.done;
  }
  const { sizeBytes, usedBytes, allocatedBytes, ownerId, isOwn, holders, problem } = overlay;
  const own =
    isOwn === true ? ' (you)' : isOwn === false ? ' (not you: only that user can write new files)' : '';
  line.stdout.write(
    table([
      ['Overlay', printable(overlay.path)],
      ...(overlay.isEmbedded ? [['Place', 'in the image']] : []),
      ['Size', formatBytes(sizeBytes)],
      ...(usedBytes === null ? [] : [['Used', formatBytes(usedBytes)]]),
      ...(allocatedBytes === null ? [] : [['On the disk', formatBytes(allocatedBytes)]]),
      ...(ownerId === null ? [] : [['Owner', `user ${ownerId}${own}`]]),
      ['State', stateOf(overlay)],
      ...holders.map(({ processId, user, command, isWriting }) => [
        'Open in',
        processId === null
          ? `a process of somebody else${isWriting ? ', writing' : ''}`
          : printable(`${command} of ${user}, process ${processId}${isWriting ? ', writing' : ''}`),
      ]),
      ...(problem === null ? [] : [['Note', printable(problem)]]),
    ]),
  );
  return exitStatus.done;
}

function stateOf({ holders, wasUnmountedInOrder }: Overlay): string {
  if (holders.some(({ isWriting }) => isWriting)) return 'being written';
  if (holders.length > 0) return 'in use';
  return wasUnmountedInOrder === null ? 'unknown' : wasUnmountedInOrder ? 'free' : 'not unmounted in order';
}

export async function checkOverlay(
  line: CommandLine,
  path: string,
  options: Options & { readonly mend?: boolean },
): Promise<number> {
  const { client, one } = await overlayFromArgument(line, path, options);
  const { taskId } = await client.overlays.check({ ...one, isMended: options.mend === true });
  const task = await followTask(line, client, taskId, options);
  const status = writeEnd(line, task, options, {
    done: ({ facts }) => {
      const kept = facts['keptCopy'];
      if (facts['isClean'] !== true) return `${printableLines(String(facts['report']))}\nDamaged`;
      return kept === undefined ? 'Sound' : `Mended; the damaged file is kept as ${printable(String(kept))}`;
    },
    cancelled: 'Cancelled. Nothing was changed.',
  });
  const isDamaged = task.status.state === 'succeeded' && task.status.result.facts['isClean'] !== true;
  return isDamaged ? exitStatus.failed : status;
}

export async function growOverlay(
  line: CommandLine,
  { path, size }: { readonly path: string; readonly size: number },
  options: Options,
): Promise<number> {
  const { client, one } = await overlayFromArgument(line, path, options);
  const { taskId } = await client.overlays.grow({ ...one, sizeBytes: size });
  return await finish(line, client, taskId, options, 'Grown');
}

export async function embedOverlay(
  line: CommandLine,
  { path, image }: { readonly path: string; readonly image: string },
  options: Options & { readonly dryRun?: boolean },
): Promise<number> {
  const { client, host, one } = await overlayFromArgument(line, path, options);
  const input = { ...one, imagePath: await imageFromArgument(client, host, image) };
  if (options.dryRun !== true) {
    const { taskId } = await client.overlays.embed(input);
    return await finish(line, client, taskId, options, 'Embedded');
  }
  const plan = await client.overlays.planEmbed(input);
  if (options.json === true) writeJson(line.stdout, plan);
  else {
    line.stdout.write(`${plan.command}\n`);
    line.stderr.write(
      `  The image grows from ${formatBytes(plan.imageBytes)} to ${formatBytes(plan.imageBytes + plan.overlayBytes)}\n`,
    );
  }
  return exitStatus.done;
}

export async function unembedOverlay(
  line: CommandLine,
  path: string,
  options: Options & { readonly yes?: boolean },
): Promise<number> {
  const { client, one } = await overlayFromArgument(line, path, options);
  const { isEmbedded, sizeBytes } = await client.overlays.detail(one);
  if (!isEmbedded) throw new UsageError(`${printable(path)} is an overlay of its own: delete it instead`);
  if (options.yes !== true) {
    const isYes = await askYes(
      `The overlay of ${printable(one.path)} (${formatBytes(sizeBytes)}) goes with all that is in it. Take it out?`,
    );
    if (isYes === null) throw new UsageError('nobody can be asked here: say --yes to take it out');
    if (!isYes) return exitStatus.interrupted;
  }
  const { taskId } = await client.overlays.unembed(one);
  return await finish(line, client, taskId, options, 'Taken out; the image is smaller now');
}

export async function deleteOverlay(line: CommandLine, path: string, options: Options): Promise<number> {
  const { client, one } = await overlayFromArgument(line, path, options);
  await client.overlays.remove(one);
  if (options.json === true) writeJson(line.stdout, { removed: one.path });
  else line.stderr.write(`Removed ${printable(path)}\n`);
  return exitStatus.done;
}

async function overlayFromArgument(
  line: CommandLine,
  argument: string,
  options: HostOption,
): Promise<{ readonly client: Client; readonly host: ChosenHost; readonly one: OneOverlay }> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  return { client, host, one: { hostId: host.id, path: await pathOf(client, host, argument) } };
}

/** A path, or the name of one in the list. */
async function pathOf(client: Client, host: ChosenHost, argument: string): Promise<HostPath> {
  const path = (host.id === localHostId ? pathFromArgument : pathThere)(argument, host.workingFolder);
  if (argument.includes('/')) return path;
  const { overlays } = await client.overlays.list({ hostId: host.id });
  return overlays.find((one) => one.path === path || one.path.endsWith(`/${argument}`))?.path ?? path;
}

async function finish(
  line: CommandLine,
  client: Client,
  taskId: TaskId,
  options: CommonOptions,
  words: string,
): Promise<number> {
  const task = await followTask(line, client, taskId, options);
  return writeEnd(line, task, options, {
    done: ({ sizeBytes }, seconds) =>
      `${words} (${sizeBytes === null ? '' : `${formatBytes(sizeBytes)}, `}${formatDuration(seconds)})`,
    cancelled: 'Cancelled. Nothing was changed.',
  });
}
