import { folderName, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { TaskResult } from '#core/contract/tasks.ts';
import { type EncryptInput, encryptInputSchema } from '#core/contract/trust.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { explainFailure } from '#core/runtime/explainFailure.ts';
import { quotePath, showCommand } from '#core/runtime/shellWords.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import { encryptCommand } from '#core/runtime/trustCommands.ts';
import type { TaskContext, TaskDefinition } from '#core/tasks/task.ts';
import { encryptionOf, whyNotEncrypt } from './encryption.ts';
import type { TrustMeans } from './trust.ts';

interface EncryptRoom {
  readonly host: Host;
  readonly runtime: Runtime;
  readonly isRoot: boolean;
}

/** The terminal goes with us, also when we are killed, and the runtime with it. Wide enough to cut no line. */
const terminal = { columns: 400, rows: 40 };

/** `image.encrypt`: another image with the same tree, encrypted. The source stays as it is. */
export function encryptTask(means: TrustMeans): TaskDefinition<EncryptInput> {
  return {
    kind: 'image.encrypt',
    input: encryptInputSchema,
    describe: (input) => ({
      title: input.target,
      hostId: input.hostId,
      target: input.target,
      byHand: byHand(input),
    }),
    storedInput: (input) => ({
      ...input,
      with: input.with.type === 'pem' ? input.with : { type: 'passphrase', passphrase: null },
    }),
    run: async (input, context) => await encrypt(means, input, context),
  };
}

/** Fails with what can be known before: image.targetExists, trust.cannotEncrypt. */
export async function checkEncrypt(means: TrustMeans, input: EncryptInput): Promise<EncryptRoom> {
  const { hostId, path, target } = input;
  const [host, runtime, isRoot] = await Promise.all([
    means.openHost(hostId),
    means.runtime(hostId),
    means.isRoot(hostId),
  ]);
  const room = { host, runtime, isRoot };
  const refuse = (reason: string) => workbenchError('trust.cannotEncrypt', { path, reason }, { hostId });
  const reason = whyNotEncrypt(room);
  if (reason !== null) throw refuse(reason);
  if (input.with.type === 'passphrase' && input.with.passphrase === null)
    throw refuse('Its passphrase is kept nowhere: give it again');
  const source = await host.files.stat(path);
  if (source === null) throw workbenchError('image.missing', { path }, { hostId });
  if (source.kind === 'file' && (await encryptionOf(host, path, async () => room)).kind !== 'none')
    throw refuse('It is encrypted already');
  const there = await host.files.stat(target);
  if (there !== null && (!input.overwrite || there.kind !== 'file'))
    throw workbenchError('image.targetExists', { path: target, sizeBytes: there.sizeBytes }, { hostId });
  return room;
}

async function encrypt(means: TrustMeans, input: EncryptInput, context: TaskContext): Promise<TaskResult> {
  const room = await checkEncrypt(means, input);
  const { host, runtime } = room;
  const { target } = input;
  const records = means.recordsOf(host);
  await records.removeLeftovers();
  const parent = folderName(target);
  const prefix = `.encrypting-${context.id}-`;
  const folders = [{ parent, prefix: hostPathFromText(prefix) }];
  await records.begin(context.id, { files: [], folders, resumable: [] });
  try {
    const work = await host.files.makeTemporaryFolder(parent, prefix);
    const part = joinPath(work, hostPathFromText('image.sif'));
    const spec = encryptCommand(runtime, input, { target: part, byHand: byHand(input) });
    context.log('command', showCommand(spec));
    context.report({ phase: 'convert', text: 'Encrypting' });
    const { exitStatus, stdout } = await host.run(spec, {
      signal: context.signal,
      taskId: context.id,
      terminal,
      onLine: (line) => {
        const text = stripAnsi(line).trimEnd();
        context.log('stdout', text);
        if (text !== '') context.report({ phase: 'convert', text });
      },
    });
    const stderr = stripAnsi(stdout).replaceAll('\r', '');
    // Without a key the runtime writes "Build complete", ends well and makes nothing (seen with Apptainer 1.4.5).
    if (exitStatus !== 0) throw buildFailed(means, room, { spec, exitStatus, stderr });
    if (
      (await host.files.stat(part)) === null ||
      (await encryptionOf(host, part, async () => room)).kind === 'none'
    )
      throw workbenchError(
        'trust.cannotEncrypt',
        { path: input.path, reason: lastError(stderr) },
        evidence(host, spec, stderr),
      );
    const made = await host.files.stat(part);
    await host.files.rename(part, target, { overwrite: input.overwrite });
    return { path: target, digest: null, sizeBytes: made?.sizeBytes ?? null, facts: { encrypted: true } };
  } finally {
    await records.end(context.id, { isResumableKept: false });
  }
}

function buildFailed(
  { rules }: TrustMeans,
  { host, runtime }: EncryptRoom,
  outcome: { readonly spec: CommandSpec; readonly exitStatus: number | null; readonly stderr: string },
): WorkbenchError {
  const { spec, exitStatus, stderr } = outcome;
  const explained = explainFailure(
    {
      stderr,
      exitStatus,
      dialect: runtime.dialect,
      verb: 'build',
      ...(runtime.conditions === undefined ? {} : { host: runtime.conditions }),
    },
    rules,
  );
  return workbenchError(explained?.code ?? 'runtime.failed', explained?.facts ?? {}, {
    ...evidence(host, spec, stderr),
    exitStatus,
  });
}

function evidence(host: Host, spec: CommandSpec, stderr: string) {
  return { hostId: host.id, command: showCommand(spec), evidence: stripAnsi(stderr) };
}

function lastError(stderr: string): string | null {
  return /ERROR: +([^\n]+)/.exec(stripAnsi(stderr))?.[1] ?? null;
}

/** The passphrase is typed at a prompt: that is how a person does it. */
function byHand({ hostId, path, target, with: key }: EncryptInput): string | null {
  if (hostId !== localHostId) return null;
  const words = key.type === 'pem' ? ['--pem-path', quotePath(key.path)] : ['--passphrase'];
  return ['apptainer build', ...words, quotePath(target), quotePath(path)].join(' ');
}
