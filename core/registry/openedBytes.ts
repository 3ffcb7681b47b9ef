import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import type { Answer } from './answer.ts';
import type { OpenedBytes } from './byteSource.ts';

/** Statuses of a ranged GET that `openedBytes` understands. */
export const rangeStatuses: readonly number[] = [200, 206, 416];

/**
 * The answer to a GET from `offset` on → its bytes, or null when the server would not give them from there, and has to
 * be asked again from the start. RFC 9110, 14.4 and 15.5.17: nothing but `Content-Range` says what a 206 holds.
 */
export function openedBytes(
  answer: Answer,
  asked: { readonly offset: number; readonly facts: ErrorFacts; readonly validator: string | null },
): OpenedBytes | null {
  const { validator, facts } = asked;
  if (answer.status === 200) {
    const length = Number(answer.headers.get('content-length') ?? 'none');
    const isPlain = (answer.headers.get('content-encoding') ?? 'identity') === 'identity';
    const totalBytes = isPlain && Number.isSafeInteger(length) ? length : null;
    return { offset: 0, totalBytes, validator, chunks: answer.chunks() };
  }
  const range = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(answer.headers.get('content-range') ?? '');
  if (answer.status === 206 && range !== null && Number(range[1]) === asked.offset) {
    const totalBytes = range[2] === '*' ? null : Number(range[2]);
    return { offset: asked.offset, totalBytes, validator, chunks: answer.chunks() };
  }
  answer.discard();
  if (asked.offset > 0) return null;
  throw workbenchError('registry.protocol', {
    ...facts,
    reason: `status ${answer.status} to a plain request`,
  });
}
