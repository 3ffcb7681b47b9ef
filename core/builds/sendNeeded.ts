import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { type SendMeans, sendFile } from '#core/transfer/sendFile.ts';
import type { Definition } from './buildRequest.ts';
import { entriesBelow, type Needed, type TreeEntry } from './neededFiles.ts';

/** A file or folder that is sent, and where it comes to, below the build folder. */
interface Parcel {
  readonly entry: TreeEntry;
  readonly to: string;
}

/** What is sent to a build host: the definition as it is built there, and its files. */
export interface Shipment {
  /** With the paths that cannot be the same there replaced; lines stay where they are. */
  readonly text: string;
  /** `from → to`, of the replaced ones. */
  readonly replaced: readonly string[];
  readonly parcels: readonly Parcel[];
}

const smallBytes = 256 * 1024;
const pathsAtOnce = 200;

/**
 * Relative sources keep their place below the working folder there; what lies elsewhere (a whole path, or one with `..`)
 * comes to a folder of its own, and the definition's line names that.
 */
export async function shipmentOf(
  definition: Definition,
  needed: readonly Needed[],
  local: Host,
): Promise<Shipment> {
  const lines = definition.text.split('\n');
  const sources = definition.outline.fileSources;
  const replaced: string[] = [];
  const parcels: Parcel[] = [];
  for (const [index, one] of needed.entries()) {
    if (one.kind === 'missing' || one.kind === 'there') continue;
    const isInside = !one.source.startsWith('/') && !one.source.split('/').includes('..');
    const fixed = fixedFolder(one.source);
    const place = isInside
      ? [buildFolderNames.context, fixed].filter((part) => part !== '').join('/')
      : `${buildFolderNames.outside}/${index}`;
    for (const path of one.paths) {
      const below = pathBelow(path, one, fixed);
      for (const entry of await entriesBelow(path, local.files))
        parcels.push({ entry, to: [place, below, entry.relative].filter((part) => part !== '').join('/') });
    }
    if (isInside) continue;
    const source = `../${place}/${one.source.slice(fixed.length).replace(/^\/+/, '')}`;
    const destination = sources.find(({ line }) => line === one.line)?.destination ?? one.source;
    lines[one.line - 1] =
      one.role === 'base' ? `From: ${source}` : `    ${quoted(source)} ${quoted(destination)}`;
    replaced.push(`${one.source} → ${source}`);
  }
  return { text: lines.join('\n'), replaced, parcels };
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

/** Sends all of it into the build folder. What is there already from an interrupted sending is not sent again. */
export async function sendShipment(
  shipment: Shipment,
  to: { readonly work: HostPath; readonly send: SendMeans },
  context: TaskContext,
): Promise<number> {
  const { host } = to.send;
  const total = shipment.parcels.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
  const target = (path: string) => joinPath(to.work, path as HostPath);
  const made = new Set<string>();
  const programs: HostPath[] = [];
  let done = 0;
  for (const { entry, to: place } of shipment.parcels) {
    context.signal.throwIfAborted();
    const folder = entry.kind === 'folder' ? place : place.slice(0, place.lastIndexOf('/'));
    if (!made.has(folder)) await host.files.makeFolder(target(folder), 0o700);
    made.add(folder);
    if (entry.kind === 'folder') continue;
    if (entry.sizeBytes <= smallBytes) {
      const bytes = await to.send.local.files.read(entry.path, 0, smallBytes);
      await host.files.write(target(place), bytes, entry.mode & 0o777);
    } else {
      const share = (bytes: number) => (total === 0 ? 0 : (bytes / total) * 0.1);
      await sendFile(
        to.send,
        {
          source: entry.path,
          target: target(place),
          overwrite: true,
          sha256: null,
          share: { from: share(done), to: share(done + entry.sizeBytes) },
        },
        context,
      );
      if ((entry.mode & 0o111) !== 0) programs.push(target(place));
    }
    done += entry.sizeBytes;
    context.report({
      phase: 'send',
      text: hostPathToText(hostPathFromText(place)) ?? place,
      bytes: { done, total },
    });
  }
  for (let at = 0; at < programs.length; at += pathsAtOnce) {
    const paths = programs.slice(at, at + pathsAtOnce).map((path) => ({ path }));
    await host.run(commandSpec('chmod', ['u+x', '--', ...paths], { purpose: 'Let programs be programs' }), {
      isQuiet: true,
      signal: context.signal,
    });
  }
  return total;
}
