import { randomBytes } from 'node:crypto';
import { baseName, folderName, type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { Overlay } from '#core/contract/overlays.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { WorkRecords } from '#core/images/workRecords.ts';
import { type Argument, commandSpec } from '#core/runtime/commandSpec.ts';
import { checkReport } from '#core/runtime/overlay.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { type OverlayFacts, readFacts } from './overlayFacts.ts';
import { requirePlace } from './overlayPlace.ts';
import { copyScript, scriptStatus } from './overlayScripts.ts';

/** A host, and what notes there which copies are not whole yet. */
export interface OverlayRoom {
  readonly host: Host;
  readonly records: WorkRecords;
}

interface ScriptRun {
  readonly purpose: string;
  readonly words: readonly Argument[];
  readonly path: HostPath;
  readonly context?: TaskContext;
}

/** A terminal, so that a script ends with us even when we are killed. */
const terminal = { columns: 200, rows: 40 };

/**
 * Runs a fixed script; gives what it said. Fails with overlay.damaged, disk.full, disk.quota, disk.readOnly and
 * host.commandMissing; other statuses come back.
 */
export async function runScript(
  host: Host,
  script: string,
  { purpose, words, path, context }: ScriptRun,
): Promise<{ readonly exitStatus: number | null; readonly said: string }> {
  const spec = commandSpec('/bin/sh', ['-c', script, 'mysingularity', ...words], { purpose });
  const onLine = (line: string) => {
    const text = stripAnsi(line).trimEnd();
    if (text !== '') context?.log('stdout', text);
  };
  const { exitStatus, stdout } = await host.run(spec, {
    terminal,
    onLine,
    ...(context === undefined ? {} : { signal: context.signal, taskId: context.id }),
  });
  const said = stripAnsi(stdout).replaceAll('\r', '');
  const where = { hostId: host.id, evidence: said, exitStatus };
  const folder = folderName(path);
  if (/No space left on device/.test(said)) throw workbenchError('disk.full', { path: folder }, where);
  if (/Disk quota exceeded/.test(said)) throw workbenchError('disk.quota', { path: folder }, where);
  if (/Read-only file system/.test(said)) throw workbenchError('disk.readOnly', { path: folder }, where);
  if (exitStatus === scriptStatus.noTools) {
    const name = /^(\S+) is missing$/m.exec(said)?.[1] ?? 'e2fsck';
    throw workbenchError('host.commandMissing', { command: name }, where);
  }
  if (exitStatus === scriptStatus.damaged)
    throw workbenchError('overlay.damaged', { path, reason: lastWords(said) }, where);
  return { exitStatus, said: checkReport(said) };
}

/** The same, where any status but 0 is a failure. */
export async function runWhole(host: Host, script: string, run: ScriptRun): Promise<void> {
  const { exitStatus, said } = await runScript(host, script, run);
  if (exitStatus !== 0)
    throw workbenchError(
      'host.permissionDenied',
      { path: run.path, operation: 'write' },
      { hostId: host.id, evidence: said, exitStatus },
    );
}

/** The facts of one overlay. Fails with image.missing and overlay.damaged. */
export async function factsOf(host: Host, path: HostPath): Promise<OverlayFacts> {
  const [facts] = await readFacts(host, [await requirePlace(host, path)]);
  if (facts === undefined) throw workbenchError('image.missing', { path }, { hostId: host.id });
  return facts;
}

/** Fails with overlay.busy while somebody has it open. */
export function requireIdle({ hostId, path, holders }: Overlay): void {
  if (holders.length === 0) return;
  throw workbenchError('overlay.busy', { path, reason: holdersInWords(holders) }, { hostId });
}

/** Who has it open, in a sentence. */
function holdersInWords(holders: Overlay['holders']): string {
  const named = holders
    .slice(0, 5)
    .map(({ processId, user, command }) =>
      processId === null ? 'a process of somebody else' : `${command} of ${user} (process ${processId})`,
    );
  const more = holders.length > named.length ? ` and ${holders.length - named.length} more` : '';
  return `It is open in ${named.join(', ')}${more}`;
}

/**
 * Changes a copy of a file, and gives it the file's name: the original is whole at every moment. What begins to write
 * to the original meanwhile is seen before the names change, to some milliseconds: then it fails with overlay.busy.
 */
export async function onCopy(
  { host, records }: OverlayRoom,
  change: {
    readonly path: HostPath;
    /** Bytes that the copy may come to. */
    readonly neededBytes: number;
    readonly context: TaskContext;
    /** Reads what must stay as it is: the state of the file, and fails where it is in use. */
    readonly guard: () => Promise<string>;
    readonly work: (copy: HostPath) => Promise<void>;
    readonly replace?: (copy: HostPath) => Promise<void>;
  },
): Promise<void> {
  const { path, context, neededBytes } = change;
  const folder = folderName(path);
  const freeBytes = await host.files.freeBytes(folder);
  if (freeBytes < neededBytes)
    throw workbenchError('disk.full', { path: folder, neededBytes, freeBytes }, { hostId: host.id });
  const name = hostPathFromText(`.overlay-${randomBytes(6).toString('hex')}.part`);
  const copy = joinPath(folder, name);
  const before = await change.guard();
  await records.begin(context.id, { files: [copy], folders: [], resumable: [] });
  try {
    context.report({ phase: 'copy', fraction: null, text: 'Copying' });
    await runWhole(host, copyScript, {
      purpose: 'Copy what is changed',
      words: [{ path: folder }, { path: baseName(path) }, { path: name }],
      path,
      context,
    });
    await change.work(copy);
    context.signal.throwIfAborted();
    context.report({ phase: 'finish', fraction: null, text: 'Taking its place' });
    if ((await change.guard()) !== before)
      throw workbenchError(
        'overlay.busy',
        { path, reason: 'Something changed it meanwhile' },
        { hostId: host.id },
      );
    if (change.replace === undefined) await host.files.rename(copy, path, { overwrite: true });
    else await change.replace(copy);
  } finally {
    await records.end(context.id, { isResumableKept: false });
  }
}

function lastWords(said: string): string {
  return checkReport(said).split('\n').at(-1)?.slice(0, 400) ?? 'Its file system cannot be mended';
}
