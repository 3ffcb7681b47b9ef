/** Tells many followers the same events. A follower that is slower than the events keeps its own queue. */
export class Broadcast<Event> {
  readonly #followers = new Set<(event: Event) => void>();

  tell(event: Event): void {
    for (const follower of this.#followers) follower(event);
  }

  /**
   * Events from the first pull on, after `first` (what the follower must know to understand them: asked for at the same
   * moment, so that nothing is missed or told twice). Ends when the signal aborts or the consumer stops.
   * `gather` may join the waiting events, such as keeping only the newest of one thing.
   */
  async *follow(
    signal: AbortSignal | undefined,
    first: () => readonly Event[] = () => [],
    gather: (waiting: readonly Event[]) => readonly Event[] = (waiting) => waiting,
  ): AsyncGenerator<Event, void, undefined> {
    let waiting: Event[] = [...first()];
    let wake: (() => void) | null = null;
    const follower = (event: Event) => {
      waiting.push(event);
      wake?.();
    };
    const onAbort = () => wake?.();
    this.#followers.add(follower);
    signal?.addEventListener('abort', onAbort);
    try {
      while (!isAborted(signal)) {
        const ready = gather(waiting);
        waiting = [];
        for (const event of ready) {
          yield event;
          if (isAborted(signal)) return;
        }
        if (waiting.length > 0) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (isAborted(signal)) resolve();
        });
        wake = null;
      }
    } finally {
      this.#followers.delete(follower);
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

/** A function, because the compiler takes a flag that it has seen once for a constant. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
