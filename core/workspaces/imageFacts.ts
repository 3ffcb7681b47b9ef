import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { primaryPartition } from '#core/sif/descriptor.ts';
import { detailHeadBytes, type ImageHead, parseImageHead } from '#core/sif/imageHead.ts';
import type { ImageFacts } from './preflight.ts';

/** Where the C library's loader lies: musl names itself, glibc is `ld-linux…`. */
const loaderFolders = ['lib', 'lib64', 'usr/lib', 'usr/lib64', 'lib/*-linux-gnu', 'usr/lib/*-linux-gnu'];
const loaders = loaderFolders.flatMap((folder) => [`${folder}/ld-linux*`, `${folder}/ld-musl-*`]);
const patterns = ['home', 'home/*', ...loaders];

/** More names than a person would read, and no more of a hostile image. */
const listedBytes = 64 * 1024;

/** What of an image matters to a workspace, read without running it. What cannot be read is null. */
export async function readImageFacts(host: Host, path: HostPath): Promise<ImageFacts> {
  const facts = await host.files.stat(path);
  if (facts === null) return { hasHome: null, homeNames: [], architecture: null, libc: null };
  if (facts.kind === 'folder') return { ...readNames(await namesInFolder(host, path)), architecture: null };
  const head = parseImageHead(await host.files.read(path, 0, detailHeadBytes), facts.sizeBytes);
  const architecture = head.kind === 'sif' || head.kind === 'oci-sif' ? head.header.architecture : null;
  const offset = squashfsOffset(head);
  const names = offset === null ? null : await namesInSquashfs(host, path, offset);
  return { ...readNames(names), architecture };
}

/** Where the file system of the image begins in its file; null where that is none that can be listed. */
function squashfsOffset(head: ImageHead): number | null {
  if (head.kind === 'squashfs') return head.offset;
  if (head.kind !== 'sif') return null;
  const descriptor = primaryPartition(head.descriptors);
  return descriptor?.partition?.fileSystem === 1 ? descriptor.offset : null;
}

/** Lines of `unsquashfs -l`: the names that fit. Null where it cannot be listed. */
async function namesInSquashfs(
  host: Host,
  path: HostPath,
  offset: number,
): Promise<readonly string[] | null> {
  const spec = commandSpec('unsquashfs', ['-l', '-offset', String(offset), { path }, ...patterns], {
    purpose: 'Look for /home in an image',
  });
  try {
    const { exitStatus, stdout } = await host.run(spec, { isQuiet: true, keepBytes: listedBytes });
    if (exitStatus !== 0) return null;
    return stdout.split('\n').flatMap((line) => /^squashfs-root\/(.*)$/.exec(line)?.[1] ?? []);
  } catch {
    return null; // no unsquashfs on that host
  }
}

async function namesInFolder(host: Host, folder: HostPath): Promise<readonly string[] | null> {
  const script = `cd -- "$1" && [ -d . ] && for p in ${patterns.join(' ')}; do [ -e "$p" ] && printf '%s\\n' "$p"; done; :`;
  const { exitStatus, stdout } = await host.run(
    commandSpec('/bin/sh', ['-c', script, 'mysingularity', { path: folder }], {
      purpose: 'Look for /home in a sandbox',
    }),
    { isQuiet: true, keepBytes: listedBytes },
  );
  return exitStatus === 0 ? stdout.split('\n') : null;
}

function readNames(names: readonly string[] | null): Omit<ImageFacts, 'architecture'> {
  if (names === null) return { hasHome: null, homeNames: [], libc: null };
  const homeNames = names.flatMap((name) => /^home\/([^/]+)$/.exec(name)?.[1] ?? []);
  const has = (loader: string) => names.some((name) => name.includes(`/${loader}`));
  return {
    hasHome: names.includes('home'),
    homeNames: homeNames.filter((name) => name !== 'mysingularity'),
    libc: has('ld-musl-') ? 'musl' : has('ld-linux') ? 'glibc' : null,
  };
}
