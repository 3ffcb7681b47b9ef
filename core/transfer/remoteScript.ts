import type { HostPath } from '#core/contract/hostPath.ts';
import { newMarker } from '#core/hosts/ssh/fence.ts';
import { pipeInput } from '#core/hosts/ssh/remoteCommand.ts';
import { byteText, quoteBytes, quoteHostPath, wordPrelude } from '#core/hosts/ssh/remoteWords.ts';

/** A word of a script: text, or a path whose bytes may be anything but NUL. */
export type ScriptValue = string | number | { readonly path: HostPath };

/** A script for `pipeWord`, and how to find its own output among what startup files print. */
export interface RemoteScript {
  /** The first line of its input; what follows is the script's own. */
  readonly input: Uint8Array;
  /** What the script wrote to standard output, and its exit status; null when it did not run to its end. */
  read(stdout: string): { readonly output: string; readonly exitStatus: number } | null;
  /** Whether it began at all. */
  hasBegun(stdout: string): boolean;
}

/**
 * Makes a script for `/bin/sh`, with `values` as shell variables. It runs in a subshell: `exit` ends it, and its exit
 * status is told in a line of its own, because ssh gives 255 for much.
 */
export function remoteScript(body: string, values: Readonly<Record<string, ScriptValue>> = {}): RemoteScript {
  const marker = newMarker();
  const script = [
    wordPrelude,
    ...Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`),
    `printf '\\n%s begin\\n' ${marker}`,
    `(\n${byteText(body)}\n)`,
    `printf '\\n%s end %s\\n' ${marker} "$?"`,
  ].join('\n');
  const begin = `\n${marker} begin\n`;
  const end = new RegExp(`\\n${marker} end (\\d+)\\n`);
  return {
    input: pipeInput(script),
    hasBegun: (stdout) => stdout.includes(begin),
    read(stdout) {
      const from = stdout.indexOf(begin);
      const found = end.exec(stdout);
      if (from < 0 || found === null) return null;
      return { output: stdout.slice(from + begin.length, found.index), exitStatus: Number(found[1]) };
    },
  };
}

function quoted(value: ScriptValue): string {
  return typeof value === 'object' ? quoteHostPath(value.path) : quoteBytes(byteText(String(value)));
}

/**
 * Shell lines that define `hash`: SHA-256 of standard input, its hex first. OpenSSL uses the processor's instructions
 * where coreutils often does not (measured: 0.24 s against 1.6 s for 400 MB), so it is taken where it works.
 */
export const hashFunction = `
case $(openssl dgst -sha256 -r </dev/null 2>/dev/null) in
e3b0c44298fc1c149afbf4c8996fb924*) hash() { openssl dgst -sha256 -r; } ;;
*) hash() { sha256sum; } ;;
esac`;
