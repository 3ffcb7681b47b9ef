import { ORPCError } from '@orpc/client';
import { useEffect, useEffectEvent } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { connection } from './client.ts';
import { failureReport } from './failure.ts';

export interface Following<Event> {
  /** Starts the stream; called again after each loss, so a stream begins with what is needed to start over. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>;
  readonly onEvent: (event: Event) => void;
  /** Core refused the stream with a report. It is not asked again. */
  readonly onFailure?: (report: ErrorReport) => void;
  /** True for a stream that ends with its subject, such as a log; others are opened again. */
  readonly hasEnd?: boolean;
}

const pauseMs = 500;

/** Follows a stream of core until the signal aborts, over any number of lost lines. Never rejects. */
export async function follow<Event>(following: Following<Event>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await connection.whenConnected(signal);
      for await (const event of await following.open(signal)) {
        if (signal.aborted) return;
        following.onEvent(event);
      }
      if (following.hasEnd === true) return;
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof ORPCError && failure.code === 'WORKBENCH') {
        following.onFailure?.(failureReport(failure));
        return;
      }
    }
    // The line was lost, or core ended the stream because it stops: do not ask it in a tight loop.
    await pause(signal);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** Follows a stream while the component is there; a new `key` starts another one, null follows nothing. */
export function useFollow<Event>(key: string | null, following: Following<Event>): void {
  const open = useEffectEvent((signal: AbortSignal) => following.open(signal));
  const onEvent = useEffectEvent((event: Event) => following.onEvent(event));
  const onFailure = useEffectEvent((report: ErrorReport) => following.onFailure?.(report));
  const hasEnd = following.hasEnd === true;
  useEffect(() => {
    if (key === null) return;
    const stop = new AbortController();
    void follow(
      {
        open: (signal) => open(signal),
        onEvent: (event: Event) => onEvent(event),
        onFailure: (report) => onFailure(report),
        hasEnd,
      },
      stop.signal,
    );
    return () => stop.abort();
  }, [key, hasEnd]);
}
