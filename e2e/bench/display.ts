import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** A private X screen of 1400 × 900, for windows that must be real. */
export interface Display {
  /** `:99`, for the environment variable DISPLAY. */
  readonly name: string;
  stop(): Promise<void>;
}

/** Starts Xvfb on a free display number, which it chooses itself. */
export async function startDisplay(): Promise<Display> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = once(server, 'error').then(([error]) => Promise.reject(error));
  const [number] = await Promise.race([once(server.stdio[3] as Readable, 'data'), failed]);
  return {
    name: `:${String(number).trim()}`,
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}
