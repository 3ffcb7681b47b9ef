import type { Decompress } from '#core/archives/archiveBytes.ts';
import { unpackTree } from '#core/archives/unpackTree.ts';
import {
  baseName,
  folderName,
  type HostPath,
  hostPathFromText,
  hostPathToText,
  joinPath,
} from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { ImportInput } from '#core/contract/images.ts';
import type { Progress, TaskResult } from '#core/contract/tasks.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { fileError } from '#core/hosts/fileErrors.ts';
import { prepareTarget, refuseExisting, requireSpace } from '#core/images/pullTarget.ts';
import { type BuildSource, importCommand } from '#core/runtime/importCommand.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { writeSingleArchive } from './dockerArchive.ts';
import { type EngineImage, engineImage } from './engineImage.ts';
import { saveFromEngine } from './engines.ts';
import { type Examiner, type ImportContent, readIndex, requireUnchanged } from './importContent.ts';
import type { ImportMeans } from './importMeans.ts';
import { byHandOf, targetOf, type Way, warningsOf, wayOf } from './importRequest.ts';
import { makeSingleLayout } from './ociImage.ts';
import { linkTo, type Workplace, withWorkplace } from './workplace.ts';

/** Where the bar stands when looking, unpacking and building begin. */
const share = { verify: 0, unpack: 0.2, convert: 0.4, copy: 0.2, finish: 0.97 } as const;

/** A running import. */
interface RunningImport {
  /** What the person asked for. */
  readonly asked: ImportInput;
  /** The same as far as files go: of an engine, the archive that it saved. */
  readonly input: ImportInput;
  readonly target: HostPath;
  readonly means: ImportMeans;
  readonly context: TaskContext;
  readonly examiner: Examiner;
  readonly decompress: Decompress;
}

/**
 * Imports a file, a folder or an image of a local engine. It is made under a private name, looked at, and only then
 * gets its own; for an ssh host it is made here and sent.
 */
export async function runImport(
  input: ImportInput,
  context: TaskContext,
  tools: { readonly means: ImportMeans; readonly examiner: Examiner; readonly decompress: Decompress },
): Promise<TaskResult> {
  const running: RunningImport = {
    asked: input,
    input,
    context,
    target: targetOf(input, tools.means),
    ...tools,
  };
  const { means, target } = running;
  if (input.hostId === localHostId)
    await prepareTarget(means.host, target, { overwrite: input.overwrite && input.form === 'sif' });
  else await refuseExisting(await means.hosts.open(input.hostId), target, { overwrite: input.overwrite });
  if (input.path !== null) return await importPath(running, await examined(running, input.path));
  return await importFromEngine(running, engineImage(input.member));
}

/** The engine writes an archive into a private folder, which is then imported as any other. */
async function importFromEngine(running: RunningImport, image: EngineImage): Promise<TaskResult> {
  const { means, context, input } = running;
  const { files } = means.host;
  const parent = means.temporaryFolder;
  const prefix = hostPathFromText(`.mysingularity-saved-${context.id}-`);
  const recordId = taskIdSchema.parse(`${context.id}-saved`); // beside the record of the import itself
  await means.records.begin(recordId, { files: [], folders: [{ parent, prefix }], resumable: [] });
  try {
    const folder = await files.makeTemporaryFolder(parent, prefix);
    const saved = joinPath(folder, hostPathFromText('image.tar'));
    await saveFromEngine(means.host, image, { target: saved, context });
    const content = await examined(running, saved);
    return await importPath({ ...running, input: { ...input, path: saved, member: null } }, content);
  } finally {
    await means.records.end(recordId, { isResumableKept: false });
  }
}

async function examined({ context, examiner }: RunningImport, path: HostPath): Promise<ImportContent> {
  context.report({ phase: 'verify', fraction: share.verify, text: 'Looking at what it is' });
  return await examiner.examine(path, {
    signal: context.signal,
    onRead: (done, total) =>
      context.report({
        phase: 'verify',
        fraction: total === 0 ? null : (done / total) * share.unpack,
        text: 'Reading the archive',
        bytes: { done, total },
      }),
  });
}

async function importPath(running: RunningImport, content: ImportContent): Promise<TaskResult> {
  const { input, means, context, target } = running;
  const isHere = input.hostId === localHostId;
  const isOciSifTree = content.kind === 'oci-sif' && input.form === 'sandbox';
  const canReadOciSif = isOciSifTree && (await means.runtime()).dialect.features.ociMode;
  const way = wayOf(content, input, { target, canReadOciSif });
  if (way.way !== 'copy') await means.runtime(); // a missing one is told before the work
  if (input.form === 'sandbox' && hostPathToText(folderName(target)) === null)
    throw workbenchError('input.invalid', {
      field: 'folder',
      path: folderName(target),
      reason: 'Its name is not valid UTF-8, and the runtime cannot unpack into it.',
    });
  const needed = neededBytes(content, input, way);
  if (isHere) await requireSpace(means.host, folderName(target), needed.atTarget);
  const place = { target: isHere ? target : null, form: input.form, neededBytes: needed.inPrivate };
  return await withWorkplace(means, context, place, async (workplace) => {
    await requireSpace(means.host, folderName(workplace.home), needed.inPrivate);
    for (const warning of await warningsOf(content, means)) context.log('note', warning);
    await make(running, { content, way, workplace });
    await requireUnchanged(means.host, content.path, content.facts);
    return await land(running, { content, way, workplace });
  });
}

interface Work {
  readonly content: ImportContent;
  readonly way: Way;
  readonly workplace: Workplace;
}

async function make(running: RunningImport, work: Work): Promise<void> {
  const { input, means, context } = running;
  const { content, way, workplace } = work;
  switch (way.way) {
    case 'copy':
      await means.host.files.copy(content.path, workplace.part, {
        signal: context.signal,
        onBytes: (done) => reportBytes(running, 'copy', { done, total: content.facts.sizeBytes }),
      });
      return;
    case 'build':
      return await build(running, work, { transport: 'file', path: content.path });
    case 'image':
      return await build(running, work, await singleImage(running, work, way));
    case 'tree': {
      const folder = workplace.inside('rootfs');
      await means.host.files.makeFolder(folder, 0o700);
      await unpackArchive(running, content, folder);
      const root = way.root === null ? folder : joinPath(folder, way.root);
      await build(running, work, { transport: 'file', path: root });
      if (input.form === 'sandbox') await means.host.files.remove(folder);
    }
  }
}

async function unpackArchive(
  running: RunningImport,
  content: ImportContent,
  folder: HostPath,
): Promise<void> {
  if (content.kind !== 'archive') return;
  const { context, decompress } = running;
  const total = content.scan.findings.contentBytes;
  await unpackTree(content.file, {
    folder,
    signal: context.signal,
    decompress,
    onWritten: (done) => reportBytes(running, 'unpack', { done, total }),
  }).catch((thrown: unknown) => {
    throw fileError(thrown, folder);
  });
}

/** An archive or layout with the chosen image alone, in a form that every runtime takes. */
async function singleImage(
  running: RunningImport,
  { content, workplace }: Work,
  { image }: Extract<Way, { way: 'image' }>,
): Promise<BuildSource> {
  const { means, context, input, decompress } = running;
  if (content.kind === 'archive' && content.scan.kind === 'docker-archive') {
    const single = workplace.inside('image.tar');
    const { scan, file } = content;
    const entry = scan.manifest[image.index];
    if (entry === undefined || (scan.manifest.length === 1 && !scan.isDotted && file.wrapper === null))
      return { transport: 'docker-archive', path: await linkTo(content.path, single) };
    await writeSingleArchive(file, {
      target: single,
      image: entry,
      signal: context.signal,
      decompress,
      onWritten: (done) => reportBytes(running, 'unpack', { done, total: scan.findings.contentBytes }),
    }).catch((thrown: unknown) => {
      throw fileError(thrown, single);
    });
    return { transport: 'docker-archive', path: single };
  }
  let layout = content.path;
  if (content.kind === 'archive') {
    layout = workplace.inside('layout');
    await means.host.files.makeFolder(layout, 0o700);
    await unpackArchive(running, content, layout);
  }
  const index =
    content.kind === 'oci-layout'
      ? content.index
      : await readIndex(means.host, joinPath(layout, hostPathFromText('index.json')), content.path);
  const folder = workplace.inside('image');
  const architecture = await means.hosts.architecture(input.hostId);
  const choice = { layout, index, image, architecture, shown: content.path };
  context.report({ phase: 'verify', fraction: share.unpack, text: 'Checking the layers' });
  await makeSingleLayout(means.host, choice, { folder, signal: context.signal });
  return { transport: 'oci', path: folder };
}

async function build(running: RunningImport, { content, workplace }: Work, from: BuildSource): Promise<void> {
  const { asked, input, target, means, context } = running;
  const runtime = await means.runtime();
  // A runtime that cannot say the part's name writes into the private folder.
  const output = hostPathToText(workplace.part) === null ? workplace.inside('image.sif') : workplace.part;
  const spec = importCommand({
    runtime,
    target: output,
    form: input.form,
    from,
    compression: input.compression ?? means.preferences(input.hostId).compression,
    homeFolder: workplace.home,
    temporaryFolder: workplace.temporary,
    cacheFolder: workplace.cache,
    byHand: byHandOf(asked, { content, target, programName: runtime.dialect.programName }),
  });
  context.report({ phase: 'convert', fraction: share.convert, text: 'Starting' });
  await means.convert({ ...spec, purpose: `Import ${baseName(target)}` }, context);
  if (output !== workplace.part)
    await means.host.files.copy(output, workplace.part, { signal: context.signal });
}

async function land(running: RunningImport, { content, way, workplace }: Work): Promise<TaskResult> {
  const { asked, input, target, means, context } = running;
  const facts = { kind: kindText(content), converted: way.way !== 'copy' };
  context.signal.throwIfAborted();
  if (input.hostId !== localHostId)
    return await means.send.run(
      {
        path: workplace.part,
        hostId: input.hostId,
        folder: folderName(target),
        fileName: baseName(target),
        overwrite: input.overwrite,
      },
      context,
    );
  if (input.form === 'sif')
    return await means.finish(
      {
        part: workplace.part,
        target,
        overwrite: input.overwrite,
        reference:
          asked.path === null ? (asked.member ?? '') : (hostPathToText(content.path) ?? content.path),
        compression:
          way.way === 'copy' ? null : (input.compression ?? means.preferences(input.hostId).compression),
        facts,
      },
      context,
    );
  context.report({ phase: 'finish', fraction: share.finish, text: 'Giving it its name' });
  const mark = joinPath(workplace.part, hostPathFromText('.singularity.d'));
  if ((await means.host.files.stat(mark))?.kind !== 'folder')
    throw workbenchError('image.notAnImage', { path: target, reason: 'The runtime made no sandbox' });
  await means.host.files.rename(workplace.part, target, { overwrite: false });
  return { path: target, digest: null, sizeBytes: null, facts: { ...facts, form: 'sandbox' } };
}

function kindText(content: ImportContent): string {
  return content.kind === 'archive' ? content.scan.kind : content.kind;
}

/** Bytes that are needed for certain. */
function neededBytes(
  content: ImportContent,
  { form }: ImportInput,
  { way }: Way,
): { readonly atTarget: number; readonly inPrivate: number } {
  if (way === 'copy') return { atTarget: content.facts.sizeBytes, inPrivate: 0 };
  if (content.kind !== 'archive') return { atTarget: 0, inPrivate: 0 };
  const { contentBytes } = content.scan.findings;
  const isTree = content.scan.kind === 'tarball';
  return { atTarget: isTree && form === 'sandbox' ? contentBytes : 0, inPrivate: contentBytes };
}

function reportBytes(
  { context }: RunningImport,
  phase: 'copy' | 'unpack',
  bytes: { readonly done: number; readonly total: number },
): void {
  const from = share[phase];
  const to = phase === 'copy' ? share.finish : share.convert;
  const fraction: Progress['fraction'] =
    bytes.total === 0 ? from : from + Math.min(1, bytes.done / bytes.total) * (to - from);
  context.report({
    phase,
    fraction,
    text: phase === 'copy' ? 'Copying' : 'Unpacking',
    bytes: { done: bytes.done, total: Math.max(bytes.done, bytes.total) },
  });
}
