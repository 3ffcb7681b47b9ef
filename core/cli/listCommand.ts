import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Image, ImageEvent } from '#core/contract/images.ts';
import type { Client } from '#core/contract/index.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { formatTime, printable, table } from './printable.ts';

type Folders = Extract<ImageEvent, { type: 'ready' }>['folders'];

/** The images of the library's folders on a host. */
export async function list(line: CommandLine, options: CommonOptions & HostOption): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const { images, folders } = await readLibrary(client, host.id);
  if (options.json === true) {
    writeJson(line.stdout, { images, folders });
    return exitStatus.done;
  }
  line.stdout.write(folders.map((folder) => folderText(folder, images)).join('\n'));
  return exitStatus.done;
}

/** Everything in the library, sorted by path, once all folders are read. */
export async function readLibrary(
  client: Client,
  hostId: HostId,
): Promise<{ images: Image[]; folders: Folders }> {
  const images = new Map<HostPath, Image>();
  for await (const event of await client.images.watch({ hostId })) {
    if (event.type === 'reset') images.clear();
    else if (event.type === 'upsert') for (const image of event.images) images.set(image.path, image);
    else if (event.type === 'remove') for (const path of event.paths) images.delete(path);
    else return { images: sorted([...images.values()]), folders: event.folders };
  }
  throw new Error('The list of images ended before it was complete');
}

function sorted(images: Image[]): Image[] {
  return images.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function folderText(folder: Folders[number], images: readonly Image[]): string {
  const heading = `${printable(folder.path)}\n`;
  if (folder.problem !== null) return `${heading}  ${printable(folder.problem)}\n`;
  const inside = images.filter((image) => image.folder === folder.path);
  if (inside.length === 0)
    return `${heading}  No images yet. mysingularity pull docker://alpine brings one.\n`;
  return `${heading}${table([['  NAME', 'SIZE', 'ARCH', 'FORMAT', 'MODIFIED', 'MARKS', 'SOURCE'], ...inside.map(row)])}`;
}

function row(image: Image): string[] {
  const marks = [image.isSigned ? 'signed' : '', image.isEncrypted ? 'encrypted' : ''];
  return [
    `  ${printable(image.name)}`,
    image.sizeBytes === null ? '-' : formatBytes(image.sizeBytes),
    printable(image.architecture ?? '-'),
    image.format,
    formatTime(image.modifiedAt),
    marks.filter((mark) => mark !== '').join(', ') || '-',
    printable(image.problem ?? image.source ?? '-'),
  ];
}
