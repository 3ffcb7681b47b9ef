import {
  baseName,
  type HostPath,
  hostPathFromText,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { receiveFile } from '#core/transfer/receiveFile.ts';
import { type SendMeans, sendFile } from '#core/transfer/sendFile.ts';
import type { Definition } from './buildRequest.ts';
import type { Needed } from './neededFiles.ts';
import { entriesBelow, type TreeEntry } from './treeEntries.ts';

/** A file or folder that is sent, and where it comes to, below the build folder. */
interface Parcel {
  readonly host: Host;
  readonly entry: TreeEntry;
  readonly to: string;
  /** Of the definition, 1-based; what goes with a Dockerfile has none. */
  readonly line?: number;
}

/** What is sent to the machine that builds: the definition as it is built there, and its files. */
export interface Shipment {
  /** With the paths that cannot be the same there replaced; lines stay where they are. */
  readonly text: string;
  /** `from → to`, of the replaced ones. */
  readonly replaced: readonly string[];
  readonly parcels: readonly Parcel[];
  /** What lies on the machine that builds under another name: used as it lies, by a link below the build folder. */
  readonly links: readonly { readonly path: HostPath; readonly to: string }[];
  readonly sizeBytes: number;
  /** What relative paths of the definition start from: its own folder where that is on the machine that builds. */
  readonly workingFolder: HostPath;
}

export interface ShipmentPlaces {
  readonly builderId: HostId;
  readonly open: (id: HostId) => Promise<Host>;
  /** The build folder on the machine that builds. */
  readonly work: HostPath;
}

const smallBytes = 256 * 1024;
const pathsAtOnce = 200;

/**
 * On the definition's own machine its files are used as they lie. Elsewhere relative sources keep their place below the
 * working folder; what else there is (a whole path, one with `..`, one that was picked) comes to a folder of its own, and
 * the definition's line names that.
 */
export async function shipmentOf(
  definition: Definition,
  needed: readonly Needed[],
  { builderId, open, work }: ShipmentPlaces,
): Promise<Shipment> {
  const lines = definition.text.split('\n');
  const isAtHome = definition.hostId === builderId;
  const replaced: string[] = [];
  const parcels: Parcel[] = [];
  const links: { path: HostPath; to: string }[] = [];
  for (const [index, one] of needed.entries()) {
    if (one.kind === 'missing' || one.kind === 'there') continue;
    const { pickedPath } = one;
    if (pickedPath === null && isAtHome) continue;
    const { place, below, source, isKept } = placeOf(one, index);
    const host = await open(one.hostId);
    for (const path of one.paths) {
      const root = [place, below(path)].filter((part) => part !== '').join('/');
      if (one.hostId === builderId) links.push({ path, to: root });
      else
        for (const entry of await entriesBelow(path, host))
          parcels.push({
            host,
            entry,
            to: [root, entry.relative].filter((part) => part !== '').join('/'),
            line: one.line,
          });
    }
    if (isKept) continue;
    const from = isAtHome ? wholePath(work, source) : `../${source}`;
    lines[one.line - 1] =
      one.role === 'base' ? `From: ${from}` : `    ${quoted(from)} ${quoted(destinationOf(definition, one))}`;
    replaced.push(`${one.source} → ${pickedPath === null ? from : `${host.label}:${pickedPath}`}`);
  }
  return {
    text: lines.join('\n'),
    replaced,
    parcels,
    links,
    sizeBytes: sizeOf(parcels),
    workingFolder: isAtHome ? definition.folder : joinPath(work, hostPathFromText(buildFolderNames.context)),
  };
}

/** A shipment but for what lines of the definition name that are not built. */
export function withoutLines(shipment: Shipment, isLeftOut: (line: number) => boolean): Shipment {
  const parcels = shipment.parcels.filter(({ line }) => line === undefined || !isLeftOut(line));
  return { ...shipment, parcels, sizeBytes: sizeOf(parcels) };
}

function sizeOf(parcels: readonly Parcel[]): number {
  return parcels.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
}

interface Place {
  /** A folder below the build folder, and where in it a found path comes to. */
  readonly place: string;
  readonly below: (path: HostPath) => string;
  /** What the definition says, from the build folder. */
  readonly source: string;
  /** The definition's own words lead to it. */
  readonly isKept: boolean;
}

function placeOf(one: Needed, index: number): Place {
  const own = `${buildFolderNames.outside}/${index}`;
  if (one.pickedPath !== null) {
    const name = plainName(one);
    return { place: own, below: () => name, source: `${own}/${name}`, isKept: false };
  }
  const fixed = fixedFolder(one.source);
  const rest = one.source.slice(fixed.length).replace(/^\/+/, '');
  const below = (path: HostPath) => pathBelow(path, one, fixed);
  const isKept = !one.source.startsWith('/') && !one.source.split('/').includes('..');
  if (!isKept) return { place: own, below, source: `${own}/${rest}`, isKept };
  const place = [buildFolderNames.context, hostPathFromText(fixed)].filter((part) => part !== '').join('/');
  return { place, below, source: `${place}/${rest}`, isKept };
}

/**
 * The name that the definition gives to what was picked, since an image has it where the destination is a folder; that of
 * the picked file where the definition has a pattern. Shells of the runtime read it: other characters become `_`.
 */
function plainName({ source, pickedPath }: Needed): string {
  const name = baseName(hostPathFromText(source.replace(/\/+$/, '')));
  const chosen = /[*?[]/.test(source) && pickedPath !== null ? baseName(pickedPath) : name;
  const plain = chosen.replaceAll(/[^\p{L}\p{N}._+@%=, -]/gu, '_');
  return /^\.*$/.test(plain) ? 'picked' : plain;
}

/** Where the image has what a line of %files copies: without a word about it, under the same path. */
function destinationOf(definition: Definition, one: Needed): string {
  const line = definition.outline.fileSources.find((source) => source.line === one.line);
  if (line !== undefined && line.destination !== null) return line.destination;
  return /[*?[]/.test(one.source) ? `${fixedFolder(one.source)}/` : one.source;
}

/** A path below the build folder as the definition's line can name it. Fails with input.invalid for folders with odd names. */
function wholePath(work: HostPath, place: string): string {
  const text = hostPathToText(work);
  // The runtime has a shell expand what %files names, and cuts headers at `#`.
  if (text !== null && !/["'$`\\*?[\]{}()<>|&;#!~]/.test(text)) return `${text}/${place}`;
  throw workbenchError('input.invalid', {
    field: 'temporary folder',
    path: work,
    reason: 'Its name has characters that a definition cannot hold. Choose another one.',
  });
}

/** The folders of a source before its last part, or before its first pattern. */
function fixedFolder(source: string): string {
  const parts = source.replace(/\/+$/, '').split('/');
  const pattern = parts.findIndex((part) => /[*?[]/.test(part));
  return parts.slice(0, pattern < 0 ? -1 : pattern).join('/');
}

/** A found path without its source's fixed folders: as many parts as the source has behind them. */
function pathBelow(path: HostPath, { source }: Needed, fixed: string): string {
  const rest = source
    .replace(/\/+$/, '')
    .slice(fixed.length)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  return path.split('/').slice(-Math.max(1, rest.length)).join('/');
}

function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

/**
 * Brings all of it into the build folder. What is there already from an interrupted sending is not sent again. `send` has
 * the lines to an ssh host that builds; without it this machine builds. Fails as `sendFile` and `receiveFile` do.
 */
export async function sendShipment(
  shipment: Shipment,
  to: { readonly work: HostPath; readonly builder: Host; readonly send: SendMeans | null },
  context: TaskContext,
): Promise<void> {
  const { builder } = to;
  const { signal } = context;
  const total = shipment.sizeBytes;
  const target = (path: string) => joinPath(to.work, path as HostPath);
  const made = new Set<string>();
  const makeFolder = async (folder: string) => {
    if (!made.has(folder)) await builder.files.makeFolder(target(folder), 0o700);
    made.add(folder);
  };
  const modes = new Map<number, HostPath[]>();
  const wanted = (path: HostPath, mode: number) => {
    const paths = modes.get(mode) ?? [];
    modes.set(mode, paths);
    paths.push(path);
  };
  const share = (bytes: number) => (total === 0 ? 0 : (bytes / total) * 0.1);
  let done = 0;
  for (const { host, entry, to: place } of shipment.parcels) {
    signal.throwIfAborted();
    await makeFolder(entry.kind === 'folder' ? place : place.slice(0, place.lastIndexOf('/')));
    if (entry.kind === 'folder') {
      wanted(target(place), (entry.mode & 0o777) | 0o700); // an image has it as it is here
      continue;
    }
    if (entry.sizeBytes <= smallBytes) {
      await builder.files.write(target(place), await smallFile(host, entry), entry.mode & 0o777);
    } else {
      const file = { source: entry.path, target: target(place), overwrite: true, sha256: null };
      if (to.send === null) await receive({ builder, host, entry, target: target(place) }, context);
      else
        await sendFile(
          { ...to.send, local: host },
          { ...file, share: { from: share(done), to: share(done + entry.sizeBytes) } },
          context,
        );
      wanted(target(place), entry.mode & 0o777);
    }
    done += entry.sizeBytes;
    context.report({
      phase: 'send',
      text: hostPathToText(hostPathFromText(place)) ?? place,
      fraction: share(done),
      bytes: { done, total },
    });
  }
  for (const { path, to: place } of shipment.links) {
    await makeFolder(place.slice(0, place.lastIndexOf('/')));
    await builder.run(
      commandSpec('ln', ['-sfn', '--', { path }, { path: target(place) }], {
        purpose: 'Use a file as it lies',
      }),
      { isQuiet: true, signal },
    );
  }
  for (const [mode, paths] of modes)
    for (let at = 0; at < paths.length; at += pathsAtOnce) {
      const some = paths.slice(at, at + pathsAtOnce).map((path) => ({ path }));
      const args = [mode.toString(8), '--', ...some];
      await builder.run(commandSpec('chmod', args, { purpose: 'Keep who may read and run files' }), {
        isQuiet: true,
        signal,
      });
    }
}

/** A byte more than was measured is asked for: it tells of a file that grew. */
async function smallFile(host: Host, { path, sizeBytes }: TreeEntry): Promise<Uint8Array> {
  const bytes = await host.files.read(path, 0, sizeBytes + 1);
  if (bytes.length === sizeBytes) return bytes;
  throw workbenchError(
    'transfer.failed',
    { path, host: host.label, reason: 'The file was changed while it was sent' },
    { hostId: host.id },
  );
}

async function receive(
  file: { readonly builder: Host; readonly host: Host; readonly entry: TreeEntry; readonly target: HostPath },
  { signal, report }: TaskContext,
): Promise<void> {
  const { builder, host, entry, target } = file;
  const { path, sizeBytes } = entry;
  await receiveFile(
    { local: builder, host },
    {
      from: path,
      sizeBytes,
      sha256: await host.files.sha256(path, signal),
      part: target,
      signal,
      onBytes: (done) => report({ phase: 'send', text: path, bytes: { done, total: sizeBytes } }),
    },
  );
}
