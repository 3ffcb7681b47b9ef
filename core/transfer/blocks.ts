/** The unit in which `dd` counts. */
export const mebibyte = 1024 * 1024;
const smallestBlockMebibytes = 8;
const mostBlocks = 1024;

/**
 * Size of the blocks in which the beginning of a half-sent file is proven, a multiple of 1 MiB: small enough that little
 * is sent twice, large enough that a big file is not thousands of programs there.
 */
export function proofBlockBytes(sizeBytes: number): number {
  const wanted = Math.ceil(sizeBytes / mostBlocks / mebibyte);
  return Math.max(smallestBlockMebibytes, wanted) * mebibyte;
}

/** How many whole blocks of a part are worth proving: none of what lies behind the end of the file. */
export function provableBlocks(partBytes: number, sizeBytes: number): number {
  return Math.floor(Math.min(partBytes, sizeBytes) / proofBlockBytes(sizeBytes));
}

/** How many blocks are the same from the start on. */
export function commonBlocks(here: readonly string[], there: readonly string[]): number {
  const differs = here.findIndex((digest, index) => digest !== there[index]);
  return differs < 0 ? here.length : differs;
}

/** The digests of an output with one line a block, each beginning with SHA-256 in hex. */
export function parseDigests(output: string): readonly string[] {
  return output.split('\n').flatMap((line) => /^[0-9a-f]{64}/.exec(line)?.[0] ?? []);
}
