import type { HostPath } from '#core/contract/hostPath.ts';

/** The folder inside a sandbox that makes it one. */
export const sandboxMark = '.singularity.d';

const imageExtension = /\.(?:sif|simg|img|sqsh|sqfs|squashfs)$/i;
const temporaryName = /\.(?:part|partial|tmp|crdownload)$|~$/i;

/** Names that nobody wants in a list of images: hidden files, half-written ones, backups. */
export function isSkippedName(name: HostPath): boolean {
  return name.startsWith('.') || temporaryName.test(name);
}

/** Files that claim to be images: shown as damaged when they are not. */
export function hasImageExtension(name: HostPath): boolean {
  return imageExtension.test(name);
}
