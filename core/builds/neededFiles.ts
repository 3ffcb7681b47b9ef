import type { NeededFile, PickedFile } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import type { Host, HostFiles } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import type { Definition } from './buildRequest.ts';
import { entriesBelow } from './treeEntries.ts';

/** Something that a build needs beside the definition. */
export interface Needed extends NeededFile {
  /** What the source stands for: more than one path where it is a pattern. */
  readonly paths: readonly HostPath[];
  /** `base`: the image of `From:`; else a source of %files. */
  readonly role: 'base' | 'files';
}

/** Agents whose `From:` is a path, with what may stand behind it. Source: internal/pkg/build/sources. */
const localAgents: ReadonlySet<string> = new Set(['localimage', 'oci-archive', 'docker-archive', 'oci']);

/** Whether a base is a file or folder of the machine on which the definition lies. */
export function isLocalAgent(agent: string): boolean {
  return localAgents.has(agent);
}

/** Where the things that a build needs may lie. */
export interface NeededPlaces {
  readonly elsewhere: readonly PickedFile[];
  /** The machine that builds. */
  readonly builderId: HostId;
  readonly open: (id: HostId) => Promise<Host>;
}

/**
 * Sources of `%files` and local bases of a definition, measured where they lie: where they were picked, else on the
 * machine of the definition. A missing one is named, and fails nothing here; where the build happens on another machine,
 * whole paths may lead to something there. Fails with what a host's line fails with.
 */
export async function neededFiles(
  definition: Definition,
  { elsewhere, builderId, open }: NeededPlaces,
): Promise<readonly Needed[]> {
  const { outline, folder } = definition;
  const bases = outline.bases.filter(({ agent, from }) => localAgents.has(agent) && from !== '');
  const wanted = [
    ...bases.map(({ from, line }) => ({
      source: from.replace(/@sha256:.*$/, ''),
      line,
      role: 'base' as const,
    })),
    ...outline.fileSources.map(({ source, line }) => ({ source, line, role: 'files' as const })),
  ];
  const needed: Needed[] = [];
  for (const one of wanted) {
    const picked = elsewhere.findLast(({ source }) => source === one.source) ?? null;
    const hostId = picked?.hostId ?? definition.hostId;
    const host = await open(hostId);
    const paths =
      picked === null
        ? await pathsOf(absolutePath(one.source, folder), host.files)
        : (await statOrNull(picked.path, host.files)) === null
          ? []
          : [picked.path];
    const isBaseHere = one.role === 'base' && hostId === builderId;
    const measured = isBaseHere ? await measureBase(paths, host) : await measure(paths, host);
    const mayBeThere = measured.kind === 'missing' && picked === null && hostId !== builderId;
    const pathsThere = mayBeThere ? await pathsOnlyThere(one.source, (await open(builderId)).files) : [];
    const isSent = measured.kind !== 'missing' && hostId !== builderId;
    const found =
      pathsThere.length > 0
        ? { ...measured, kind: 'there' as const, hostId: builderId, paths: pathsThere }
        : { ...measured, hostId, paths };
    needed.push({ ...one, pickedPath: picked?.path ?? null, isSent, ...found });
  }
  return needed;
}

async function pathsOnlyThere(source: string, there: HostFiles): Promise<readonly HostPath[]> {
  return source.startsWith('/') ? await pathsOf(source, there) : [];
}

/** A path of a definition on the machine where the definition lies. */
function absolutePath(source: string, folder: HostPath): string {
  const text = source.startsWith('/') ? source : `${hostPathToText(folder) ?? folder}/${source}`;
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A path, or what a pattern (`*`, `?`, `[…]`) stands for, sorted. */
async function pathsOf(text: string, files: HostFiles): Promise<readonly HostPath[]> {
  let found: HostPath[] = [hostPathFromText('/')];
  for (const part of text.split('/').filter((each) => each !== '')) {
    const next: HostPath[] = [];
    for (const folder of found) {
      if (!/[*?[]/.test(part)) next.push(joinPath(folder, hostPathFromText(part)));
      else for (const name of await namesLike(folder, part, files)) next.push(joinPath(folder, name));
    }
    found = next;
  }
  const there: HostPath[] = [];
  for (const path of found) if ((await statOrNull(path, files)) !== null) there.push(path);
  return there.toSorted();
}

async function namesLike(folder: HostPath, pattern: string, files: HostFiles): Promise<readonly HostPath[]> {
  if ((await statOrNull(folder, files))?.kind !== 'folder') return [];
  const expression = patternExpression(pattern);
  if (expression === null) return [];
  return (await files.list(folder))
    .map(({ name }) => name)
    .filter((name) => expression.test(name) && (!name.startsWith('.') || pattern.startsWith('.')));
}

/** Null for what is no pattern, such as a bracket that is not closed. */
function patternExpression(pattern: string): RegExp | null {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return null; // the shell would take it for the name itself, which is not there either
  }
}

/** What is on the way may be a file, or closed: then the path leads to nothing. */
async function statOrNull(path: HostPath, files: HostFiles) {
  try {
    return await files.stat(path);
  } catch (thrown) {
    if (isLineFailure(thrown)) throw thrown;
    return null; // told as missing
  }
}

/**
 * A base that is used as it lies: a sandbox is measured in one go. Its links are its own affair, and what is closed to the
 * person the runtime reads with her subordinate ids.
 */
async function measureBase(
  paths: readonly HostPath[],
  host: Host,
): Promise<Pick<NeededFile, 'kind' | 'sizeBytes' | 'count'>> {
  const [path] = paths;
  if (path === undefined || (await statOrNull(path, host.files))?.kind !== 'folder')
    return await measure(paths, host);
  const spec = commandSpec('du', ['-skx', '--', { path }], { purpose: 'Measure the base' });
  const { stdout } = await host.run(spec, { isQuiet: true });
  const kibibytes = Number(/^(\d+)\s/.exec(stdout)?.[1] ?? 0);
  return { kind: 'folder', sizeBytes: kibibytes * 1024, count: 1 };
}

async function measure(
  paths: readonly HostPath[],
  host: Host,
): Promise<Pick<NeededFile, 'kind' | 'sizeBytes' | 'count'>> {
  if (paths.length === 0) return { kind: 'missing', sizeBytes: 0, count: 0 };
  let sizeBytes = 0;
  let count = 0;
  let hasFolder = false;
  for (const path of paths) {
    for (const entry of await entriesBelow(path, host)) {
      if (entry.relative === '' && entry.kind === 'folder') hasFolder = true;
      if (entry.kind !== 'file') continue;
      sizeBytes += entry.sizeBytes;
      count += 1;
    }
  }
  return { kind: hasFolder ? 'folder' : 'file', sizeBytes, count };
}
