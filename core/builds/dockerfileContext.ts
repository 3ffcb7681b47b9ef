import { type HostPath, hostPathFromBytes, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import { buildFolderNames } from '#core/runtime/buildDefinitionJob.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { isDockerfile, parseDockerfile } from '#core/runtime/definition/dockerfileText.ts';
import { leftOutOfContext } from '#core/runtime/dockerignore.ts';
import type { Definition } from './buildRequest.ts';
import { type Needed, type NeededPlaces, neededFiles } from './neededFiles.ts';
import type { Shipment, ShipmentPlaces } from './sendNeeded.ts';
import { entriesBelow, type TreeEntry } from './treeEntries.ts';

const longestIgnoreFile = 1024 * 1024;

/** What a build needs beside its text: of a Dockerfile the folder in which it lies, where that is sent. */
export async function neededOf(definition: Definition, places: NeededPlaces): Promise<readonly Needed[]> {
  if (!isDockerfile(definition.text)) return await neededFiles(definition, places);
  if (definition.hostId === places.builderId) return [];
  const { entries } = await contextOf(definition, await places.open(definition.hostId));
  const files = entries.filter(({ kind }) => kind === 'file');
  const copying = parseDockerfile(definition.text).find(
    ({ keyword }) => keyword === 'COPY' || keyword === 'ADD',
  );
  return [
    {
      source: '.',
      line: copying?.line ?? 1,
      role: 'files',
      kind: 'folder',
      hostId: definition.hostId,
      pickedPath: null,
      paths: [definition.folder],
      isSent: true,
      count: files.length,
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    },
  ];
}

/** The folder of a Dockerfile, with links as they are; where it lies on the machine that builds it is used as it lies. */
export async function contextShipment(
  definition: Definition,
  { builderId, open, work }: ShipmentPlaces,
): Promise<Shipment> {
  const shared = { text: definition.text, replaced: [] };
  if (definition.hostId === builderId)
    return { ...shared, parcels: [], links: [], sizeBytes: 0, workingFolder: definition.folder };
  const host = await open(definition.hostId);
  const { entries, links } = await contextOf(definition, host);
  const below = (relative: string) =>
    relative === '' ? buildFolderNames.context : `${buildFolderNames.context}/${relative}`;
  return {
    ...shared,
    parcels: entries.map((entry) => ({ host, entry, to: below(entry.relative) })),
    links: links.map(({ relative, text }) => ({ path: text, to: below(relative) })),
    sizeBytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    workingFolder: joinPath(work, hostPathFromText(buildFolderNames.context)),
  };
}

interface Context {
  readonly entries: readonly TreeEntry[];
  readonly links: readonly { readonly relative: string; readonly text: HostPath }[];
}

async function contextOf({ folder }: Definition, host: Host): Promise<Context> {
  const isIgnored = await ignoredBy(folder, host);
  const found = await linksBelow(folder, host);
  const named = new Set<string>(found.map(({ relative }) => relative));
  const links = found.filter(({ relative }) => !isIgnored(relative) && !isBelow(relative, isIgnored, named));
  const entries = await entriesBelow(folder, host, (relative) => named.has(relative) || isIgnored(relative));
  return { entries, links };
}

/** Whether a folder above a path is left out, or a link: a host that is not to be trusted must not lead out of the folder. */
function isBelow(
  relative: string,
  isIgnored: (relative: string) => boolean,
  links: ReadonlySet<string>,
): boolean {
  const parts = relative.split('/').slice(0, -1);
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return above.some((folder) => isIgnored(folder) || links.has(folder));
}

/** podman and buildah read `.containerignore` first, and newer ones a file that is named after the Dockerfile: then all is sent. */
async function ignoredBy(folder: HostPath, { files }: Host): Promise<(relative: string) => boolean> {
  const names = (await files.list(folder)).map(({ name }) => String(name));
  const path = joinPath(folder, hostPathFromText('.dockerignore'));
  const isAlone = !names.some(
    (name) => /.\.(?:docker|container)ignore$/.test(name) || name === '.containerignore',
  );
  if (!names.includes('.dockerignore') || !isAlone) return () => false;
  const bytes = await files.read(path, 0, longestIgnoreFile + 1);
  if (bytes.length > longestIgnoreFile) return () => false;
  const isLeftOut = leftOutOfContext(new TextDecoder().decode(bytes));
  return (relative) => relative !== '.dockerignore' && isLeftOut(relative);
}

const linkScript = `cd -- "$1" && find . -type l -exec /bin/sh -c '
for one do printf "%s\\0%s\\0" "$one" "$(readlink "$one"; echo .)"; done' sh {} + | base64`;

/** Symbolic links below a folder, and what they say. */
async function linksBelow(folder: HostPath, host: Host): Promise<Context['links']> {
  const spec = commandSpec('/bin/sh', ['-c', linkScript, 'sh', { path: folder }], {
    purpose: 'Look for links in the folder of the Dockerfile',
  });
  const bytes = Buffer.from(
    (await host.run(spec, { isQuiet: true, keepBytes: 32 * 1024 * 1024 })).stdout,
    'base64',
  );
  const words = bytes.toString('latin1').split('\0').slice(0, -1);
  const links: { relative: string; text: HostPath }[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [path = '', text = ''] = [words[at]?.slice('./'.length), words[at + 1]?.replace(/\n\.\n?$/, '')];
    const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
    if (isPlain && text !== '') links.push({ relative: ofBytes(path), text: ofBytes(text) });
  }
  return links;
}

function ofBytes(latin1: string): HostPath {
  return hostPathFromBytes(Buffer.from(latin1, 'latin1'));
}
