import type { NeededFile } from '#core/contract/builds.ts';
import { type HostPath, hostPathFromText, hostPathToText, joinPath } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import type { Definition } from './buildRequest.ts';

/** What a build needs of the machine on which the definition lies. */
export interface Needed extends NeededFile {
  /** What the source stands for: more than one path where it is a pattern. */
  readonly paths: readonly HostPath[];
  /** `base`: the image of `From:`; else a source of %files. */
  readonly role: 'base' | 'files';
}

const mostEntries = 100_000;
const deepest = 64;
/** Agents whose `From:` is a path, with what may stand behind it. Source: internal/pkg/build/sources. */
const localAgents: ReadonlySet<string> = new Set(['localimage', 'oci-archive', 'docker-archive', 'oci']);

/** Whether a base is a file or folder of the machine on which the definition lies. */
export function isLocalAgent(agent: string): boolean {
  return localAgents.has(agent);
}

/**
 * Sources of `%files` and local bases of a definition, measured. A missing one is named, and fails nothing here; `there` are
 * the files of another machine that builds, where whole paths may lead to something.
 */
export async function neededFiles(
  definition: Definition,
  files: HostFiles,
  there: HostFiles | null,
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
    const paths = await pathsOf(absolutePath(one.source, folder), files);
    const measured = await measure(paths, files);
    const isThere = measured.kind === 'missing' && there !== null && (await isOnlyThere(one.source, there));
    needed.push({ ...one, paths, ...measured, ...(isThere ? { kind: 'there' as const } : {}) });
  }
  return needed;
}

async function isOnlyThere(source: string, there: HostFiles): Promise<boolean> {
  if (!source.startsWith('/')) return false;
  return (await pathsOf(source, there)).length > 0;
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
  } catch {
    return null; // told as missing
  }
}

async function measure(
  paths: readonly HostPath[],
  files: HostFiles,
): Promise<Pick<NeededFile, 'kind' | 'sizeBytes' | 'count'>> {
  if (paths.length === 0) return { kind: 'missing', sizeBytes: 0, count: 0 };
  let sizeBytes = 0;
  let count = 0;
  let hasFolder = false;
  for (const path of paths) {
    if ((await files.stat(path))?.kind === 'folder') hasFolder = true;
    for (const entry of await entriesBelow(path, files)) {
      if (entry.kind !== 'file') continue;
      sizeBytes += entry.sizeBytes;
      count += 1;
    }
  }
  return { kind: hasFolder ? 'folder' : 'file', sizeBytes, count };
}

/** A file or folder below a path; links are followed, as the build's own copying does. */
export interface TreeEntry {
  readonly path: HostPath;
  /** Below the path that was asked; empty for itself. */
  readonly relative: string;
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
  readonly mode: number;
}

/** Everything below a path, folders before what is in them, at most 100,000 entries and 64 folders deep. */
export async function entriesBelow(path: HostPath, files: HostFiles): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  async function walk(at: HostPath, relative: string, depth: number): Promise<void> {
    const facts = await statOrNull(at, files);
    if (facts === null || (facts.kind !== 'file' && facts.kind !== 'folder')) return;
    if (entries.length >= mostEntries || depth > deepest)
      throw workbenchError('input.invalid', {
        path,
        reason: `It holds more than ${mostEntries} files, or folders in themselves.`,
      });
    entries.push({
      path: at,
      relative,
      kind: facts.kind,
      sizeBytes: facts.kind === 'file' ? facts.sizeBytes : 0,
      mode: facts.mode,
    });
    if (facts.kind !== 'folder') return;
    for (const { name } of (await files.list(at)).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      await walk(joinPath(at, name), relative === '' ? name : `${relative}/${name}`, depth + 1);
  }
  await walk(path, '', 0);
  return entries;
}
