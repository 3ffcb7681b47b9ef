import { ORPCError } from '@orpc/client';
import type { ErrorReport } from '#core/contract/errors.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { NotConnectedError } from './connection.ts';

/** Whatever a call or a component threw → a report with words. Core's own reports pass unchanged. */
export function failureReport(thrown: unknown): ErrorReport {
  if (thrown instanceof ORPCError && thrown.code === 'WORKBENCH' && isReport(thrown.data)) return thrown.data;
  if (thrown instanceof NotConnectedError) return wordsOf('hostGone', null);
  return wordsOf(
    'unexpected',
    thrown instanceof Error ? (thrown.stack ?? thrown.message) : JSON.stringify(thrown),
  );
}

/** True where a signal of ours ended the call: nothing to tell anybody. */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

function wordsOf(kind: 'hostGone' | 'unexpected', evidence: string | null): ErrorReport {
  return {
    code: 'internal',
    title: textOf(`common:error.${kind}.title`),
    cause: textOf(`common:error.${kind}.cause`),
    nextStep: textOf(`common:error.${kind}.nextStep`),
    action: null,
    data: {},
    hostId: null,
    command: null,
    evidence,
    exitStatus: null,
  };
}

function isReport(data: unknown): data is ErrorReport {
  return typeof data === 'object' && data !== null && 'code' in data && 'title' in data && 'data' in data;
}
