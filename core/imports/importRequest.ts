import { findingWarnings } from '#core/archives/archiveFindings.ts';
import { type ArchivedImage, chosenImage } from '#core/archives/archiveImages.ts';
import { foldsCase } from '#core/archives/unpackTree.ts';
import { baseName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { ImportInput, ImportKind } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { targetPath } from '#core/images/pullTarget.ts';
import { type BuildSource, importByHand } from '#core/runtime/importCommand.ts';
import { quotePath } from '#core/runtime/shellWords.ts';
import { engineImage } from './engineImage.ts';
import type { ImportContent } from './importContent.ts';
import type { ImportMeans } from './importMeans.ts';

const archiveEnding =
  /\.(?:tar(?:\.(?:gz|xz|zst|zstd|bz2))?|tgz|txz|tbz2?|tzst|sif|simg|img|sqsh|sqfs|squashfs|ext3)$/i;

/** What will be done with an input, as far as its content is known. */
export type Way =
  /** The file as it is. */
  | { readonly way: 'copy' }
  /** The runtime builds from it directly. */
  | { readonly way: 'build' }
  /** The runtime builds from one image of an archive or layout. */
  | { readonly way: 'image'; readonly image: ArchivedImage }
  /** Unpacked here first. */
  | { readonly way: 'tree'; readonly root: HostPath | null };

/** How the page and the command line call the content. */
export function kindOf(content: ImportContent): ImportKind {
  return content.kind === 'archive' ? content.scan.kind : content.kind;
}

/** The images of an archive or layout; none where there is only one thing to take. */
export function imagesOf(content: ImportContent): readonly ArchivedImage[] {
  if (content.kind === 'oci-layout') return content.images;
  return content.kind === 'archive' && content.scan.kind !== 'tarball' ? content.scan.images : [];
}

/** The chosen image; null where there are several and none is chosen. Fails with input.invalid for one that is not there. */
export function memberOf(content: ImportContent, member: string | null): ArchivedImage | null {
  const images = imagesOf(content);
  if (images.length === 0) {
    if (content.kind === 'archive' && content.scan.kind === 'tarball') return null;
    if (content.kind === 'archive' || content.kind === 'oci-layout')
      throw workbenchError('image.archiveHasNone', {
        path: content.path,
        reason: 'Its list of images is empty',
      });
    return null;
  }
  const image = chosenImage(images, member);
  if (image === null && member !== null)
    throw workbenchError('input.invalid', {
      field: 'image',
      reason: `The archive holds ${images.map(({ name }) => name).join(', ')}, not ${member}`,
    });
  return image;
}

/** The target of an import. Fails with input.invalid. */
export function targetOf(input: ImportInput, means: ImportMeans): HostPath {
  const folder = input.folder ?? means.preferences(input.hostId).defaultFolder;
  return targetPath(folder, input.fileName ?? proposedName(input));
}

/** A name from the source's own: without the endings of archives, and with `.sif` for a file that is none yet. */
function proposedName(input: ImportInput): HostPath {
  if (input.path === null) {
    const { reference } = engineImage(input.member);
    const name = reference.slice(reference.lastIndexOf('/') + 1).replace(/[@:]/g, '_');
    return hostPathFromText(input.form === 'sif' ? `${name}.sif` : name);
  }
  const own = baseName(input.path);
  const bare = (own.replace(archiveEnding, '') || own) as HostPath;
  if (input.form === 'sandbox') return bare;
  return /\.(?:sif|simg|img|sqsh|sqfs|squashfs|ext3)$/i.test(own) ? own : (`${bare}.sif` as HostPath);
}

/**
 * How content becomes what is asked for. Fails with input.invalid for what cannot be, and with image.archiveHasSeveral
 * where an image must be chosen.
 */
export function wayOf(
  content: ImportContent,
  input: ImportInput,
  { target, canReadOciSif }: { readonly target: HostPath; readonly canReadOciSif: boolean },
): Way {
  if (input.form === 'sandbox' && input.hostId !== localHostId)
    throw invalid('form', 'A folder cannot be sent to another machine: import to a SIF there');
  switch (content.kind) {
    case 'sif':
      return { way: input.form === 'sif' ? 'copy' : 'build' };
    case 'oci-sif':
      if (input.form === 'sandbox' && !canReadOciSif)
        throw invalid('form', 'This runtime cannot unpack an OCI-SIF: SingularityCE 4 can');
      return { way: input.form === 'sif' ? 'copy' : 'build' };
    case 'squashfs':
      return { way: input.form === 'sif' && !/\.sif$/i.test(target) ? 'copy' : 'build' };
    case 'ext3':
      // Seen with Apptainer 1.4.5: it must attach a loop device, which only root may.
      if (input.form === 'sandbox' || /\.sif$/i.test(target))
        throw invalid(
          input.form === 'sandbox' ? 'form' : 'file name',
          'Only root can unpack an ext3 image: it is kept as it is, under a name such as image.img',
        );
      return { way: 'copy' };
    case 'sandbox':
      return { way: 'build' };
    case 'archive':
      if (content.scan.kind === 'tarball') return { way: 'tree', root: content.scan.root };
      return { way: 'image', image: requireMember(content, input) };
    case 'oci-layout':
      return { way: 'image', image: requireMember(content, input) };
  }
}

function requireMember(content: ImportContent, input: ImportInput): ArchivedImage {
  const image = memberOf(content, input.member);
  if (image !== null) return image;
  const names = imagesOf(content).map(({ name }) => name);
  throw workbenchError('image.archiveHasSeveral', {
    path: content.path,
    count: names.length,
    members: names.slice(0, 50).join(', '),
  });
}

/** What a person would type. */
export function byHandOf(
  input: ImportInput,
  place: { readonly content: ImportContent | null; readonly target: HostPath; readonly programName: string },
): string {
  const { content, target, programName } = place;
  const build = (from: BuildSource) => importByHand(programName, { from, form: input.form, target });
  if (input.path === null) {
    const { engine, reference } = engineImage(input.member);
    if (engine === 'docker-daemon')
      return build({ transport: 'docker-daemon', path: hostPathFromText(reference) });
    const saved = hostPathFromText('image.tar');
    return `podman save -o image.tar ${quotePath(hostPathFromText(reference))} && ${build({ transport: 'docker-archive', path: saved })}`;
  }
  switch (content === null ? null : kindOf(content)) {
    case 'docker-archive':
      return build({ transport: 'docker-archive', path: input.path });
    case 'oci-archive':
      return build({ transport: 'oci-archive', path: input.path });
    case 'oci-layout':
      return build({ transport: 'oci', path: input.path });
    case 'tarball':
      return `mkdir rootfs && tar -xf ${quotePath(input.path)} -C rootfs && ${build({ transport: 'file', path: joinPath(hostPathFromText('.'), hostPathFromText('rootfs')) })}`;
    case 'sandbox':
      return build({ transport: 'file', path: input.path });
    default:
      return input.form === 'sandbox' || (content?.kind === 'squashfs' && /\.sif$/i.test(target))
        ? build({ transport: 'file', path: input.path })
        : `cp ${quotePath(input.path)} ${quotePath(target)}`;
  }
}

/** What will not come through as it is. Layers within an archive are unpacked by the runtime, and not looked at here. */
export async function warningsOf(content: ImportContent, means: ImportMeans): Promise<readonly string[]> {
  if (content.kind !== 'archive' || content.scan.kind !== 'tarball') return [];
  const { findings } = content.scan;
  const isFolded = findings.caseCollisions.length > 0 && (await foldsCaseIn(means));
  return findingWarnings(findings, { foldsCase: isFolded });
}

/** Whether the file system that archives are unpacked on takes `a` and `A` for one name. */
async function foldsCaseIn({ host, temporaryFolder }: ImportMeans): Promise<boolean> {
  const folder = await host.files.makeTemporaryFolder(temporaryFolder, '.mysingularity-case-');
  try {
    return await foldsCase(folder);
  } finally {
    await host.files.remove(folder);
  }
}

/** One sentence on how it will be done. */
export function meansSentence(content: ImportContent, input: ImportInput, target: HostPath): string {
  const made = input.form === 'sif' ? 'a SIF' : 'a sandbox';
  const end =
    input.hostId === localHostId ? '' : ' It is made here and then sent, resumed where the line breaks.';
  switch (kindOf(content)) {
    case 'docker-archive':
    case 'oci-archive':
    case 'oci-layout':
      return `The archive is read and checked first; the runtime makes ${made} of its layers.${end}`;
    case 'tarball':
      return `The archive is checked and unpacked into a private folder; the runtime makes ${made} of it.${end}`;
    case 'sandbox':
      return `The runtime makes ${made} of the folder, which stays as it is.${end}`;
    default:
      return wayOf(content, input, { target, canReadOciSif: true }).way === 'copy'
        ? `The file is copied as it is and checked.${end}`
        : `The runtime makes ${made} of the file, which stays as it is.${end}`;
  }
}

function invalid(field: string, reason: string) {
  return workbenchError('input.invalid', { field, reason });
}
