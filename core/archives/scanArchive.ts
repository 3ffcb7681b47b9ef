import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { type ArchiveBytesOptions, type ArchiveFile, archiveBytes } from './archiveBytes.ts';
import type { ArchiveFindings } from './archiveFindings.ts';
import {
  type ArchivedImage,
  type DockerManifest,
  dockerImages,
  dockerManifestSchema,
  ociImages,
  ociIndexSchema,
} from './archiveImages.ts';
import { createArchiveTree } from './archiveTree.ts';
import { type MemberContent, readMembers } from './readMembers.ts';
import { pathSegments } from './treePaths.ts';
import { looksLikeTar } from './wrapper.ts';

const longestDocument = 4 * 1024 * 1024;
const blockBytes = 512;
const documents: readonly string[] = ['manifest.json', 'index.json', 'oci-layout'];
/** Folders that a system has; two of them make a root (a bare one of busybox has few). */
const rootFolders: readonly string[] = [
  'bin',
  'usr',
  'etc',
  'lib',
  'sbin',
  'var',
  'opt',
  'root',
  'dev',
  'proc',
];
const sandboxFolder = '.singularity.d';

/** What a tar archive is, and what there is to say of it. */
export type ArchiveScan = ArchiveFacts &
  (
    | {
        readonly kind: 'docker-archive';
        readonly images: readonly ArchivedImage[];
        readonly manifest: DockerManifest;
      }
    | { readonly kind: 'oci-archive'; readonly images: readonly ArchivedImage[] }
    /** `root`: the folder of the archive that is the system's `/`; null for the archive itself. */
    | { readonly kind: 'tarball'; readonly root: HostPath | null }
  );

interface ArchiveFacts {
  readonly findings: ArchiveFindings;
  /** Its members are written `./name`. */
  readonly isDotted: boolean;
}

/**
 * Reads an archive from beginning to end without unpacking it. Fails with image.archiveDamaged, image.archiveHostile,
 * and image.archiveHasNone for an archive of something else.
 */
export async function scanArchive(file: ArchiveFile, options: ArchiveBytesOptions): Promise<ArchiveScan> {
  const { path } = file;
  const tree = createArchiveTree(path);
  const texts = new Map<string, string>();
  const tops = new Set<string>();
  const seconds = new Set<string>();
  let isDotted = false;
  await readMembers(
    onlyTar(file, archiveBytes(file, options)),
    (member, content) => {
      const verdict = tree.judge(member);
      if (verdict.action === 'skip') return undefined;
      isDotted ||= member.name.startsWith('./') && member.name.length > 2;
      const [top = '', second] = pathSegments(verdict.path);
      if (tops.size < 1000) tops.add(top);
      if (second !== undefined && tops.size === 1) seconds.add(second);
      if (member.kind !== 'file' || !documents.includes(verdict.path) || member.sizeBytes > longestDocument)
        return undefined;
      return readText(content).then((text) => void texts.set(verdict.path, text));
    },
    { path, signal: options.signal },
  );
  const findings = tree.finish();
  const facts: ArchiveFacts = { findings, isDotted };
  const manifest = parsed(dockerManifestSchema, texts.get('manifest.json'));
  if (manifest !== null)
    return { ...facts, kind: 'docker-archive', images: dockerImages(manifest), manifest };
  const index = texts.has('oci-layout') ? parsed(ociIndexSchema, texts.get('index.json')) : null;
  if (index !== null) return { ...facts, kind: 'oci-archive', images: ociImages(index) };
  if (isRoot(tops)) return { ...facts, kind: 'tarball', root: null };
  const [only] = tops;
  if (tops.size === 1 && only !== undefined && isRoot(seconds))
    return { ...facts, kind: 'tarball', root: only as HostPath };
  throw workbenchError('image.archiveHasNone', { path, reason: whatItHolds(texts, tops) });
}

/** Passes an archive on where its first block says that it is one: other things are compressed, too. */
async function* onlyTar(
  { path }: ArchiveFile,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let start: Uint8Array | null = new Uint8Array();
  for await (const piece of bytes) {
    if (start === null) {
      yield piece;
      continue;
    }
    start = Buffer.concat([start, piece]);
    if (start.length < blockBytes) continue;
    if (!looksLikeTar(start) && start.subarray(0, blockBytes).some((byte) => byte !== 0))
      throw workbenchError('image.archiveHasNone', {
        path,
        reason: 'It is a compressed file, but no archive',
      });
    yield start;
    start = null;
  }
  if (start !== null) yield start;
}

/** Whether names at the top of a tree are those of a system. */
export function isRoot(names: ReadonlySet<string>): boolean {
  if (names.has(sandboxFolder)) return true;
  return rootFolders.filter((name) => names.has(name)).length >= 2;
}

async function readText(content: MemberContent): Promise<string> {
  return new TextDecoder().decode(await content.bytes());
}

function parsed<Value>(
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false } },
  text: string | undefined,
): Value | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // another program's file of the same name
  }
  const result = schema.safeParse(value);
  return result.success ? result.data : null;
}

function whatItHolds(texts: ReadonlyMap<string, string>, tops: ReadonlySet<string>): string {
  if (texts.has('manifest.json')) return 'Its manifest.json is not that of a docker archive';
  if (texts.has('oci-layout')) return 'Its index.json is not that of an OCI layout';
  if (tops.size === 0) return 'It is an archive with nothing in it';
  const names = [...tops].slice(0, 5).map((name) => hostPathFromText(name.slice(0, 60)));
  return `It is an archive of ${names.join(', ')}${tops.size > names.length ? ', …' : ''}`;
}
