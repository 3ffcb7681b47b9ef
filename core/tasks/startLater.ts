import { reportOf } from '#core/errors/workbenchError.ts';

/** What a person does next with what has just been made goes first. */
const restMs = 5_000;

/**
 * Starts work that nobody waits for some seconds later; not at all when the signal aborts, which is when this process ends.
 * It keeps no process alive, and what goes wrong is told.
 */
export function startLater(
  start: () => Promise<unknown>,
  options: { readonly signal: AbortSignal; readonly onProblem: (text: string) => void },
): void {
  const forget = () => clearTimeout(timer);
  const timer = setTimeout(() => {
    options.signal.removeEventListener('abort', forget);
    start().catch((thrown: unknown) => options.onProblem(reportOf(thrown).title));
  }, restMs).unref();
  options.signal.addEventListener('abort', forget, { once: true });
}
