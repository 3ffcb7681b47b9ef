import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToBytes,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { FileFacts, Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';

const nameLimitBytes = 255;

/** A file name of a person as a path in a folder. Fails with input.invalid for what is not a plain name. */
export function targetPath(folder: HostPath, fileName: HostPath): HostPath {
  if (!folder.startsWith('/'))
    throw workbenchError('input.invalid', { field: 'folder', path: folder, reason: 'Give the whole path.' });
  const problem = nameProblem(fileName);
  if (problem !== null)
    throw workbenchError('input.invalid', { field: 'file name', path: fileName, reason: problem });
  return joinPath(folder, fileName);
}

/** Why a text cannot be the name of a file, or null. */
function nameProblem(name: HostPath): string | null {
  const bytes = hostPathToBytes(name);
  if (name.includes('/')) return 'A name has no "/".';
  if (name === '.' || name === '..') return 'This name stands for a folder.';
  if (bytes.includes(0)) return 'A name holds no NUL character.';
  return bytes.length > nameLimitBytes ? `A name has at most ${nameLimitBytes} bytes.` : null;
}

/**
 * `.NAME.<mark>.part` beside the target: hidden, on the same file system. A name that is long or not text is left
 * out, so that the path can be given to any program wherever the folder can.
 */
export function partPath(target: HostPath, mark: string): HostPath {
  const name = hostPathToText(baseName(target));
  const isShort = name !== null && hostPathToBytes(baseName(target)).length <= 180;
  return joinPath(folderName(target), hostPathFromText(`.${isShort ? name : 'mysingularity'}.${mark}.part`));
}

/**
 * Checks before any work that a target can be made: nothing there unless `overwrite`, its folder exists (it is made
 * when it is missing) and can be written.
 */
export async function prepareTarget(
  host: Host,
  target: HostPath,
  options: { readonly overwrite: boolean },
): Promise<void> {
  const { files } = host;
  await refuseExisting(host, target, options);
  const folder = folderName(target);
  const facts = await files.stat(folder);
  if (facts === null) await files.makeFolder(folder);
  else if (facts.kind !== 'folder') throw workbenchError('host.notADirectory', { path: folder });
  await files.remove(await files.makeTemporaryFolder(folder, '.mysingularity-'));
}

/** Fails with image.targetExists where the target is there and may not be replaced; a folder never is. */
export async function refuseExisting(
  host: Host,
  target: HostPath,
  options: { readonly overwrite: boolean },
): Promise<void> {
  const existing = await host.files.stat(target);
  if (existing === null || (options.overwrite && existing.kind === 'file')) return;
  throw workbenchError(
    'image.targetExists',
    { path: target, sizeBytes: existing.kind === 'file' ? existing.sizeBytes : null },
    { hostId: host.id },
  );
}

/** Fails with disk.full where fewer bytes are free than are certainly needed. */
export async function requireSpace(host: Host, folder: HostPath, neededBytes: number): Promise<void> {
  const freeBytes = await host.files.freeBytes(folder);
  if (freeBytes < neededBytes)
    throw workbenchError('disk.full', { path: folder, neededBytes, freeBytes }, { hostId: host.id });
}

/** Gives a whole, verified file its final name: written through to the disk first. Answers with its facts. */
export async function landFile(
  host: Host,
  files: { readonly from: HostPath; readonly target: HostPath },
  options: { readonly overwrite: boolean; readonly signal: AbortSignal },
): Promise<FileFacts> {
  await settleFile(host, files.from, options.signal);
  options.signal.throwIfAborted();
  await host.files.rename(files.from, files.target, { overwrite: options.overwrite });
  const facts = await host.files.stat(files.target);
  if (facts === null) throw workbenchError('image.missing', { path: files.target }, { hostId: host.id });
  return facts;
}

/**
 * Private temporary files get the mode that the runtime's own pull gives (all that the umask allows), and what another
 * program wrote is put on the disk, which may find only now that there is no room.
 */
async function settleFile(host: Host, path: HostPath, signal: AbortSignal): Promise<void> {
  const script = 'chmod +rwx "$1" && exec sync "$1"';
  const spec = commandSpec('/bin/sh', ['-c', script, 'sh', { path }], {
    purpose: 'Write the image to the disk',
  });
  const { exitStatus, stderr } = await host.run(spec, { signal, isQuiet: true });
  if (exitStatus === 0) return;
  const code = /quota/i.test(stderr)
    ? 'disk.quota'
    : /no space left/i.test(stderr)
      ? 'disk.full'
      : 'internal';
  throw workbenchError(code, { path }, { hostId: host.id, command: 'sync', evidence: stderr, exitStatus });
}
