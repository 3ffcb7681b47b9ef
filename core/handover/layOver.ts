import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { mustRun, runTreeScript } from '#core/workspaces/treeScript.ts';
import { extractScript, layeredScript, layScript, proveScript } from './adoptScripts.ts';
import type { HandoverMeans } from './handoverMeans.ts';
import { type PackedFile, packedHead, packedText, readPacked, treeOffset } from './packedFile.ts';
import { writeHead } from './packWorkspace.ts';
import { squashedName } from './squashTree.ts';
import { checkTree, hostileFile, runOnTaking, type TreeTaking } from './takeTree.ts';

interface LayMeans {
  readonly hosts: Pick<HandoverMeans['hosts'], 'architecture'>;
}

/** A packed file that is below a workspace. */
export interface Laid {
  readonly path: HostPath;
  readonly file: PackedFile;
  /** Why it cannot be mounted here; null where it can. */
  readonly hindrance: string | null;
}

/**
 * Puts a packed file itself below a workspace: proved, listed, on the disk, and opened once as it will be. All that can
 * be is done at once, so that the first command need not wait: where the file is copied, what it is copied from is proved
 * meanwhile. Fails as `checkTree` does, when nobody is at work in the folder any more.
 */
export async function layOver(
  means: LayMeans,
  host: Host,
  taking: TreeTaking & { readonly isOwn: boolean },
  context: TaskContext,
): Promise<Laid> {
  const isCopied = !taking.isOwn && !taking.file.isImage;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const proof = isCopied ? proveSource(host, taking, { id: context.id, signal }) : null;
  proof?.catch(() => undefined); // told below, or there is a reason before it
  try {
    const { stamps, ...lies } = await layTree(means, host, taking, context);
    const laid = { ...taking, ...lies };
    const [opened, proved, source, written] = await Promise.allSettled([
      tryLayers(host, laid, context),
      checkTree(host, { ...laid, form: 'over', isProved: isCopied }, context),
      proof ?? [],
      putOnDisk(host, laid, context),
    ]);
    for (const each of [source, proved, written]) if (each.status === 'rejected') throw each.reason;
    if (opened.status === 'rejected') throw opened.reason;
    const seen = new Set([...stamps, ...(source.status === 'fulfilled' ? source.value : [])]);
    if (isCopied && seen.size !== 1) throw hostileFile(host, taking, 'It changed while it was copied');
    return { ...lies, hindrance: opened.value };
  } catch (thrown) {
    stop.abort(thrown);
    throw thrown;
  }
}

/** Proves the bytes of a packed tree where they lie. Answers with the stamps of the file before and after. */
async function proveSource(
  host: Host,
  taking: TreeTaking,
  { id, signal }: Pick<TaskContext, 'id' | 'signal'>,
): Promise<readonly string[]> {
  const { path, file } = taking;
  const told = await mustRun(host, {
    purpose: 'Prove a packed workspace',
    script: proveScript,
    words: [{ path }, String(file.offset), String(file.sizeBytes)],
    byHand: null,
    path,
    taskId: id,
    signal,
  });
  const [before = '', after = '', digest = ''] = told.split('\n');
  if (digest !== file.packed.tree.sha256)
    throw hostileFile(host, taking, 'Its bytes are not those that were packed: it was damaged or changed');
  return [before, after];
}

/** Mounts what was laid into the folder as it will be; null, or why that cannot be here. */
async function tryLayers(host: Host, taking: TreeTaking, context: TaskContext): Promise<string | null> {
  const { folder, file } = taking;
  const tree = joinPath(folder, hostPathFromText('home'));
  const purpose = 'Open an adopted workspace once';
  const outcome = await runTreeScript(host, {
    purpose,
    script: layeredScript,
    words: [{ path: tree }, String(file.offset), { path: folder }],
    byHand: null,
    taskId: context.id,
    signal: context.signal,
  });
  if (outcome.exitStatus === 0) return null;
  context.log('stderr', outcome.stderr.slice(0, 4096));
  for (const name of ['upper', 'work', 'home'])
    await host.files.remove(joinPath(folder, hostPathFromText(name)));
  return 'Its packed file cannot be mounted here';
}

/** Resolves when a packed file that was laid into a folder is on the disk: its name must not outlive its bytes. */
async function putOnDisk(
  host: Host,
  { path }: Pick<TreeTaking, 'path'>,
  context: Pick<TaskContext, 'id' | 'signal'>,
): Promise<void> {
  await mustRun(host, {
    purpose: 'Put a packed file on the disk',
    script: 'sync -- "$1"',
    words: [{ path }],
    byHand: null,
    path,
    taskId: context.id,
    signal: context.signal,
  });
}

/**
 * Puts the packed file itself into the folder, as `packed.sif`; of an image only the part that is the workspace's. Answers
 * with the stamps of the file before and after it was copied; none where it was not.
 */
async function layTree(
  means: LayMeans,
  host: Host,
  { path, file, folder, isOwn }: Omit<TreeTaking, 'shownAs'> & { readonly isOwn: boolean },
  context: TaskContext,
): Promise<{ readonly path: HostPath; readonly file: PackedFile; readonly stamps: readonly string[] }> {
  context.report({ phase: 'copy', fraction: 0.2, text: '' });
  const target = joinPath(folder, hostPathFromText('packed.sif'));
  const isLaid = file.isImage || isOwn;
  if (file.isImage) await extractTree(means, host, { path, file, folder, target }, context);
  else if (isOwn) await host.files.rename(path, target, { overwrite: false });
  const told = await mustRun(host, {
    purpose: 'Lay a packed file into a workspace',
    script: layScript,
    words: [{ path: folder }, isLaid ? '' : { path }],
    byHand: null,
    path: folder,
    taskId: context.id,
    signal: context.signal,
  });
  const stamps = told.split('\n').filter((line) => line !== '');
  return { path: target, file: await readPacked(host, target), stamps };
}

async function extractTree(
  { hosts }: LayMeans,
  host: Host,
  { path, file, folder, target }: Omit<TreeTaking, 'shownAs'> & { readonly target: HostPath },
  context: TaskContext,
): Promise<void> {
  const { packed } = file;
  const at = treeOffset(Buffer.byteLength(packedText(packed)));
  const options = { purpose: 'Take a workspace out of an image', script: extractScript, more: [String(at)] };
  await runOnTaking(host, { path, file, folder, shownAs: path }, options, context);
  const head = packedHead(packed, at, await hosts.architecture(host.id));
  await writeHead(host, { work: folder, head }, context);
  await host.files.rename(joinPath(folder, squashedName), target, { overwrite: false });
}
