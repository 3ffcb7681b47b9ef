import { formatBytes } from '#core/contract/quantity.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { formatTime, printable, printableLines } from './printable.ts';

/** Everything of a workspace, a line for each fact. */
export function workspaceText(workspace: Workspace): string {
  const { image, size, layered, below } = workspace;
  const lines: (readonly [string, string])[] = [
    ['Workspace', workspace.name],
    ['Id', workspace.id],
    ['Folder', workspace.folder],
    ['Made', formatTime(workspace.createdAt)],
    ['Changed', formatTime(workspace.modifiedAt)],
    ...(image === null ? [] : [['Image', imageText(image)] as const]),
    ...(image?.place == null ? [] : [['Lay at', `${image.place.path} on ${image.place.node}`] as const]),
    ...(size === null
      ? []
      : [
          [
            'Size',
            `${formatBytes(size.bytes)} in ${size.files} files (${formatTime(size.measuredAt)})`,
          ] as const,
        ]),
    ...(layered === null
      ? []
      : [
          [
            'Over',
            below === 'files'
              ? `plain files, unpacked from ${layered.digest}`
              : `${layered.file} (${layered.digest})`,
          ] as const,
        ]),
    ...workspace.software.map(
      ({ kind, path, count, version }) =>
        [
          'Software',
          [kind, path, count === null ? null : `${count}`, version].filter((word) => word !== null).join(' '),
        ] as const,
    ),
    ...workspace.lineage.map(
      ({ what, at, by, from }) =>
        ['Lineage', `${formatTime(at)} ${what} by ${by}${from === null ? '' : ` from ${from}`}`] as const,
    ),
    ...workspace.snapshots.map(
      ({ id, bytes, note }) =>
        ['Snapshot', `${id} ${bytes === null ? '' : formatBytes(bytes)} ${note}`.trim()] as const,
    ),
    ...workspace.writers.map(
      ({ user, node, processId, what, isAlive }) =>
        [
          'Open',
          `${user} on ${node}, process ${processId}: ${what}${isAlive === false ? ' (has ended)' : ''}`,
        ] as const,
    ),
  ];
  const text = lines.map(([name, value]) => `${`${name}:`.padEnd(12)}${printable(value)}\n`).join('');
  const { description } = workspace;
  return description === '' ? text : `${text}\n${printableLines(description)}\n`;
}

function imageText({ name, digest, architecture, libc }: NonNullable<Workspace['image']>): string {
  return [name, architecture, libc, digest].filter((word) => word !== null).join(', ');
}
