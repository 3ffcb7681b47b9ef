/**
 * Work that several callers share: its result is kept, its failure is not. Who joined it tries again by himself when the
 * one who began it gave up: a person who types on takes back only the earlier search.
 */
export function sharedWork<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): (signal: AbortSignal) => Promise<Result> {
  let running: { readonly result: Promise<Result>; readonly signal: AbortSignal } | null = null;
  return async (signal) => {
    for (;;) {
      const joined = running ?? { result: work(signal), signal };
      running = joined;
      try {
        return await joined.result;
      } catch (thrown) {
        if (running === joined) running = null;
        signal.throwIfAborted();
        if (joined.signal === signal || !joined.signal.aborted) throw thrown;
      }
    }
  };
}
