import type { ImageDetail, SifObject } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { imageFromArgument } from './imageArgument.ts';
import { formatTime, printable, printableLines, table } from './printable.ts';

/** What the bytes of an image tell; nothing of it is run. */
export async function inspect(
  line: CommandLine,
  file: string,
  options: CommonOptions & HostOption,
): Promise<number> {
  const client = await openClient(line);
  const host = await hostFromArgument(line, client, options.host);
  const path = await imageFromArgument(client, host, file);
  const detail = await client.images.detail({ hostId: host.id, path });
  if (options.json === true) writeJson(line.stdout, detail);
  else line.stdout.write(detailText(detail));
  return exitStatus.done;
}

function detailText(detail: ImageDetail): string {
  const sections = [
    table(summaryRows(detail)),
    section(
      'Labels',
      table(detail.labels.map(({ name, value }) => [`  ${printable(name)}`, printable(value)])),
    ),
    section('Definition', indented(detail.definition)),
    ...detail.environment.map(({ file, text }) => section(`Environment: ${printable(file)}`, indented(text))),
    section('Runscript', indented(detail.runscript)),
    section('Startscript', indented(detail.startscript)),
    section('Test', indented(detail.test)),
    section('Help', indented(detail.help)),
    section('Apps', detail.apps.map((app) => `  ${printable(app.name)}\n`).join('')),
    section('Objects', objectTable(detail.objects)),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function summaryRows({ image, squashfs, ...detail }: ImageDetail): string[][] {
  const rows: [string, string | null][] = [
    ['Path', image.path],
    ['Format', image.format],
    ['Size', image.sizeBytes === null ? null : `${formatBytes(image.sizeBytes)} (${image.sizeBytes} bytes)`],
    ['Architecture', image.architecture],
    ['Source', image.source],
    ['Made by', detail.madeBy],
    ['Created', image.createdAt === null ? null : formatTime(image.createdAt)],
    ['Modified', formatTime(image.modifiedAt)],
    ['Signed', image.isSigned ? 'yes (not verified)' : 'no'],
    ['Encrypted', image.isEncrypted ? 'yes' : 'no'],
    ['UUID', detail.uuid],
    ['Digest', detail.digest],
    [
      'File system',
      squashfs === null
        ? null
        : `squashfs ${squashfs.version}, ${squashfs.compression}, ${squashfs.inodes} inodes, blocks of ${squashfs.blockSizeBytes} bytes`,
    ],
    ['Runs here', detail.fitsHost.fits ? 'yes' : `no: ${detail.fitsHost.reason}`],
    ['Problem', image.problem],
    ['Note', detail.note],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, printable(value)]]));
}

function objectTable(objects: readonly SifObject[]): string {
  if (objects.length === 0) return '';
  const rows = objects.map((object) => [
    `  ${printable(object.id.toString())}`,
    printable(object.type),
    String(object.group ?? '-'),
    printable(object.link ?? '-'),
    formatBytes(object.sizeBytes),
    printable(object.name),
  ]);
  return table([['  ID', 'TYPE', 'GROUP', 'LINK', 'SIZE', 'NAME'], ...rows]);
}

function section(title: string, body: string): string {
  return body === '' ? '' : `${title}\n${body}`;
}

function indented(text: string | null): string {
  if (text === null || text.trim() === '') return '';
  const lines = printableLines(text.trimEnd()).split('\n');
  return lines.map((line) => `  ${line}\n`).join('');
}
