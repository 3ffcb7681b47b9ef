import { afterEach, describe, expect, it, vi } from 'vitest';
import { callsAhead } from './callsAhead.ts';

const path = ['images', 'watch'];

/** A link that numbers its answers and keeps the signals that it was given. */
function numberedLink() {
  const signals: (AbortSignal | undefined)[] = [];
  return {
    signals,
    link: {
      call: async (_path: readonly string[], _input: unknown, options: { readonly signal?: AbortSignal }) =>
        signals.push(options.signal),
    },
  };
}

afterEach(() => vi.useRealTimers());

describe('calls made ahead', () => {
  it('give their answer to the first call like them, and only to that', async () => {
    const { link, signals } = numberedLink();
    const calls = callsAhead(link);
    void calls.ahead.call(path, { hostId: 'local' }, { context: {} });
    expect(signals).toHaveLength(1);
    await expect(calls.link.call(path, { hostId: 'other' }, { context: {} })).resolves.toBe(2);
    await expect(calls.link.call(path, { hostId: 'local' }, { context: {} })).resolves.toBe(1);
    await expect(calls.link.call(path, { hostId: 'local' }, { context: {} })).resolves.toBe(3);
  });

  it('end with the signal of whoever took the answer', async () => {
    const { link, signals } = numberedLink();
    const calls = callsAhead(link);
    void calls.ahead.call(path, undefined, { context: {} });
    const stop = new AbortController();
    await calls.link.call(path, undefined, { context: {}, signal: stop.signal });
    expect(signals[0]?.aborted).toBe(false);
    stop.abort();
    expect(signals[0]?.aborted).toBe(true);
  });

  it('are given up when nobody wants them', async () => {
    vi.useFakeTimers();
    const { link, signals } = numberedLink();
    const calls = callsAhead(link);
    void calls.ahead.call(path, undefined, { context: {} });
    vi.advanceTimersByTime(10_000);
    expect(signals[0]?.aborted).toBe(true);
    await expect(calls.link.call(path, undefined, { context: {} })).resolves.toBe(2);
  });
});
