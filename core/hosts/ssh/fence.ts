import { randomBytes } from 'node:crypto';

/** Record and unit separator: a mark that ended as it began would be held back as the start of another. */
const open = 0x1e;
const close = 0x1f;

/** Nobody can guess it, so nobody else's output holds it. */
export function newMarker(): string {
  return randomBytes(16).toString('hex');
}

export interface FenceEvents {
  /** Bytes between marks. Valid during the call. */
  readonly onData: (bytes: Buffer) => void;
  /** A mark: `RS marker word… US` in the output gives the words. */
  readonly onMark: (words: readonly string[]) => void;
}

export interface Fence {
  add(bytes: Buffer): void;
  /** Gives what was held back because it could have become a mark. */
  end(): void;
}

/**
 * Takes the marks of a remote wrapper out of a stream, wherever they stand. Everything else passes through at once; only
 * an end that could be the start of a mark waits for what follows.
 */
export function createFence(marker: string, { onData, onMark }: FenceEvents): Fence {
  const start = Buffer.from(`\x1e${marker} `, 'latin1');
  let held: Buffer = Buffer.alloc(0);
  const give = (bytes: Buffer) => {
    if (bytes.length > 0) onData(bytes);
  };
  return {
    add(bytes) {
      let rest = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      for (;;) {
        const at = rest.indexOf(start);
        if (at < 0) break;
        const end = rest.indexOf(close, at + start.length);
        give(rest.subarray(0, at));
        rest = rest.subarray(at);
        if (end < 0) {
          held = Buffer.from(rest);
          return;
        }
        const words = rest.toString('latin1', start.length, end - at).split(' ');
        rest = rest.subarray(end - at + 1);
        onMark(words);
      }
      const kept = rest.length - tailLength(rest, start);
      give(rest.subarray(0, kept));
      held = Buffer.from(rest.subarray(kept));
    },
    end() {
      const last = held;
      held = Buffer.alloc(0);
      give(last);
    },
  };
}

/** How many bytes at the end of `bytes` are the beginning of `start`. */
function tailLength(bytes: Buffer, start: Buffer): number {
  for (
    let at = bytes.indexOf(open, Math.max(0, bytes.length - start.length + 1));
    at >= 0;
    at = bytes.indexOf(open, at + 1)
  ) {
    if (bytes.subarray(at).equals(start.subarray(0, bytes.length - at))) return bytes.length - at;
  }
  return 0;
}

/** What a remote script prints as a mark: `printf` with the marker in `$m`. */
export function printMark(words: string): string {
  return `printf '\\036%s ${words}\\037' "$m"`;
}
