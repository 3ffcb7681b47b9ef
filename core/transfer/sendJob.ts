import type { HostPath } from '#core/contract/hostPath.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import type { TransferRate } from '#core/tasks/transferMeter.ts';
import type { ScriptEnd } from './channelRun.ts';
import type { SendSource } from './localBytes.ts';
import type { PartNames } from './partName.ts';

/** One sending, once everything about it is known. */
export interface SendJob {
  readonly source: SendSource;
  readonly there: Host;
  /** The line that the bytes take: to the host itself, or to its data-transfer node. */
  readonly line: SshConnection;
  readonly target: HostPath;
  readonly names: PartNames;
  /** SHA-256 in hex, where it is known without reading. */
  readonly knownSha256: string | null;
  readonly signal: AbortSignal;
  /** `doneBytes` of the file are there; the rate is of what moved. */
  onProgress(progress: { readonly doneBytes: number } & TransferRate): void;
  /** All bytes are there and are being hashed and written to the disk. */
  onVerify(): void;
  note(text: string): void;
}

/** A whole file under a temporary name, its SHA-256 told by both machines. */
export interface SentPart {
  readonly part: HostPath;
  readonly here: string;
  readonly there: string;
  readonly sentBytes: number;
  /** Bytes of the file that were there before. */
  readonly reusedBytes: number;
}

/** The line was cut in the middle. */
export function interrupted(job: Pick<SendJob, 'target' | 'line'>, evidence = ''): WorkbenchError {
  return workbenchError(
    'transfer.interrupted',
    { path: job.target, host: job.line.label, doneBytes: null, sizeBytes: null },
    { hostId: job.line.hostId, evidence },
  );
}

/** What the programs of the host say of a failure → its name. Their messages are in the C locale. */
export function failureThere(
  job: Pick<SendJob, 'target'> & { readonly line: Pick<SshConnection, 'hostId' | 'label'> },
  end: Pick<ScriptEnd, 'exitStatus' | 'stderr'>,
): WorkbenchError {
  const where = { hostId: job.line.hostId, exitStatus: end.exitStatus, evidence: end.stderr };
  const path = job.target;
  const { stderr } = end;
  if (/no space left on device/i.test(stderr)) return workbenchError('disk.full', { path }, where);
  if (/quota exceeded/i.test(stderr)) return workbenchError('disk.quota', { path }, where);
  if (/read-only file system/i.test(stderr)) return workbenchError('disk.readOnly', { path }, where);
  if (/permission denied|operation not permitted/i.test(stderr))
    return workbenchError('host.permissionDenied', { path, operation: 'write' }, where);
  const reason = stderr.trimEnd().split('\n').at(-1) ?? '';
  return workbenchError(
    'transfer.failed',
    { path, host: job.line.label, reason: reason === '' ? null : reason },
    where,
  );
}
