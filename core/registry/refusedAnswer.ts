import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { ErrorCode } from '#core/contract/errors.ts';
import { type ErrorFacts, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Answer } from './answer.ts';
import { parseRetryAfter } from './retryAfter.ts';

const longestWaitSeconds = 10;
const attempts = 3;

const refusalSchema = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().optional() })).min(1),
});

/**
 * Asks again when the server is busy (429 or 5xx that names a wait of at most ten seconds, 5xx without a wait) or the
 * connection breaks before an answer. Returns the last answer whatever its status.
 */
export async function withRepeats(
  ask: () => Promise<Answer>,
  options: { readonly signal: AbortSignal; readonly onNotice?: ((text: string) => void) | undefined },
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await askOnce(ask);
    const waitSeconds = attempt < attempts ? waitBeforeRepeat(outcome, attempt) : null;
    if (waitSeconds === null) {
      if (outcome instanceof WorkbenchError) throw outcome;
      return outcome;
    }
    if (!(outcome instanceof WorkbenchError)) outcome.discard();
    const reason =
      outcome instanceof WorkbenchError ? 'The connection broke' : `The server answered ${outcome.status}`;
    options.onNotice?.(`${reason}; asking again in ${waitSeconds} s.`);
    await waitFor(waitSeconds * 1000, options.signal);
  }
}

/** Waits, or fails with the signal's reason at once when that is aborted. */
export async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(milliseconds, undefined, { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

/** The failure that an answer with a refusing status means, or `code` with its words. Reads the body as evidence. */
export async function refusalFailure(
  answer: Answer,
  facts: ErrorFacts,
  code: ErrorCode = codeOfStatus(answer.status),
): Promise<WorkbenchError> {
  const evidence = await answer.readEvidence();
  const waitSeconds = parseRetryAfter(answer.headers.get('retry-after'), Date.now());
  const more =
    answer.status === 429 || waitSeconds !== null ? { waitSeconds } : ({} satisfies Record<string, never>);
  return workbenchError(
    code,
    { ...facts, status: answer.status, ...reasonIn(evidence), ...more },
    { evidence: `HTTP ${answer.status} from ${answer.url.host}\n${evidence}` },
  );
}

async function askOnce(ask: () => Promise<Answer>): Promise<Answer | WorkbenchError> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.report.code === 'registry.interrupted') return thrown;
    throw thrown;
  }
}

function waitBeforeRepeat(outcome: Answer | WorkbenchError, attempt: number): number | null {
  const backoffSeconds = 0.4 * 3 ** (attempt - 1);
  if (outcome instanceof WorkbenchError) return backoffSeconds;
  if (outcome.status !== 429 && outcome.status < 500) return null;
  const asked = parseRetryAfter(outcome.headers.get('retry-after'), Date.now());
  if (asked === null) return outcome.status === 429 ? null : backoffSeconds;
  return asked <= longestWaitSeconds ? Math.max(asked, 0.1) : null;
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'registry.unauthorized';
  if (status === 403) return 'registry.forbidden';
  if (status === 404 || status === 410) return 'registry.notFound';
  if (status === 429) return 'registry.rateLimited';
  return status >= 500 ? 'registry.serverError' : 'registry.protocol';
}

/** The registry's own code and sentence: OCI distribution spec, "Error codes". */
function reasonIn(body: string): ErrorFacts {
  try {
    const first = refusalSchema.parse(JSON.parse(body)).errors[0];
    return { reason: `${first?.code ?? ''} ${first?.message ?? ''}`.trim().slice(0, 300) };
  } catch {
    return {}; // not the JSON of the specification: the body stays as evidence
  }
}
