/** The signal of one stream of an upload, and whether its body should end in good order. */
export interface StreamGrace {
  readonly signal: AbortSignal;
  /** True once the person has cancelled: what was sent so far is worth to be answered for. */
  isEnding(): boolean;
  /** Nothing more is sent. */
  end(): void;
}

/**
 * A stream that outlives a cancel by `graceMs`, until the registry has said what it has got. What else stops it, stops
 * it at once.
 */
export function startGrace(
  cancel: AbortSignal,
  others: AbortSignal,
  { graceMs }: { readonly graceMs: number },
): StreamGrace {
  const late = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  const onCancel = () => {
    timer ??= setTimeout(() => late.abort(cancel.reason), graceMs);
  };
  const onOther = () => late.abort(others.reason);
  const listen = (signal: AbortSignal, listener: () => void) => {
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  };
  listen(cancel, onCancel);
  listen(others, onOther);
  return {
    signal: late.signal,
    isEnding: () => cancel.aborted,
    end: () => {
      if (timer !== null) clearTimeout(timer);
      cancel.removeEventListener('abort', onCancel);
      others.removeEventListener('abort', onOther);
      late.abort();
    },
  };
}
