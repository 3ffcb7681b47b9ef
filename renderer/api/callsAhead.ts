import type { ClientLink } from '@orpc/client';

type Link = ClientLink<Record<never, never>>;

interface Begun {
  readonly key: string;
  readonly answer: Promise<unknown>;
  readonly stop: AbortController;
}

/** Longer than this nobody wants the answer of a call that was made ahead. */
const unusedMs = 10_000;

export interface CallsAhead {
  /** For calls that somebody is going to make. */
  readonly ahead: Link;
  /** With which they make them: gives the answer that was asked for, once. */
  readonly link: Link;
}

/** Lets calls be made before the code that needs their answers is there. */
export function callsAhead(link: Link): CallsAhead {
  const begun = new Set<Begun>();
  return {
    ahead: {
      call(path, input, options) {
        const stop = new AbortController();
        const answer = link.call(path, input, { ...options, signal: stop.signal });
        const call = { key: keyOf(path, input), answer, stop };
        begun.add(call);
        setTimeout(() => {
          if (begun.delete(call)) stop.abort();
        }, unusedMs);
        return answer;
      },
    },
    link: {
      call(path, input, options) {
        const key = keyOf(path, input);
        const made = [...begun].find((call) => call.key === key);
        if (made === undefined) return link.call(path, input, options);
        begun.delete(made);
        const { signal } = options;
        if (signal?.aborted === true) made.stop.abort(signal.reason);
        else signal?.addEventListener('abort', () => made.stop.abort(signal.reason), { once: true });
        return made.answer;
      },
    },
  };
}

function keyOf(path: readonly string[], input: unknown): string {
  return JSON.stringify([path, input ?? null]);
}
