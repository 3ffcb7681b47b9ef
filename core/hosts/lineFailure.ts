import type { ErrorCode } from '#core/contract/errors.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';

/** Failures of the line to a host: they say nothing of the work that goes on there. */
const lineCodes: ReadonlySet<ErrorCode> = new Set([
  'host.sshMissing',
  'host.nameUnknown',
  'host.connectionRefused',
  'host.timeout',
  'host.authenticationFailed',
  'host.promptCancelled',
  'host.promptImpossible',
  'host.keyUnknown',
  'host.keyChanged',
  'host.notConnected',
  'host.connectionLost',
  'host.tooManySessions',
  'host.loginShell',
  'host.sshFailed',
]);

/** Whether a failure is of the line to a host only. */
export function isLineFailure(thrown: unknown): thrown is WorkbenchError {
  return thrown instanceof WorkbenchError && lineCodes.has(thrown.report.code);
}
