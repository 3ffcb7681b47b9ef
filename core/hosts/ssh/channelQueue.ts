import type { ChannelUse } from './sshConnection.ts';

/** Sshd lets ten sessions on a connection by default (sshd_config(5), MaxSessions); shells need some of them. */
const places: Readonly<Record<ChannelUse, number>> = {
  control: 1,
  work: 4,
  terminal: Number.POSITIVE_INFINITY,
};

/** Gives places on a connection in the order in which they were asked for, each use in a line of its own. */
export class ChannelQueue {
  readonly #taken: Record<ChannelUse, number> = { control: 0, work: 0, terminal: 0 };
  readonly #lines: Record<ChannelUse, (() => void)[]> = { control: [], work: [], terminal: [] };

  /** How many places of a use are taken. */
  taken(use: ChannelUse): number {
    return this.#taken[use];
  }

  /** Resolves to how to give the place back (twice is once); rejects with the signal's reason while waiting. */
  async take(use: ChannelUse, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#taken[use] < places[use]) this.#taken[use] += 1;
    else await this.#wait(use, signal);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const next = this.#lines[use].shift();
      // The place goes on to the next in line without being free in between: nobody gets in before.
      if (next === undefined) this.#taken[use] -= 1;
      else next();
    };
  }

  #wait(use: ChannelUse, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const line = this.#lines[use];
      const leave = () => {
        line.splice(line.indexOf(go), 1);
        reject(signal?.reason);
      };
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      line.push(go);
    });
  }
}
