/**
 * Tells output whose only lasting effect is its last lines: text, line ends, tabs and colours. Such output may be left
 * out of a screen once enough lines have followed it; whatever moves the cursor, sets a mode or asks a question may not.
 */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const escapeByte = 0x1b;
const bracket = 0x5b;
const longestRendition = 2048;

/** 1 for bytes that are plain: text of any alphabet, bell, backspace, tab, line feed, carriage return. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x7f || (byte < 0x20 && !(byte >= 0x07 && byte <= 0x0a) && byte !== 0x0d) ? 0 : 1,
);

/**
 * Output that starts between two lines → the colour sequences (SGR) in force after it, or null when it does more than
 * write lines in colours.
 */
export function renditionAfter(output: Uint8Array): string | null {
  let since = 0; // where the sequences begin that are still in force
  let at = 0;
  while (at < output.length) {
    const byte = output[at] ?? 0;
    if (byte === escapeByte) {
      const end = endOfRendition(output, at);
      if (end === null) return null;
      if (isReset(output, at + 2, end)) since = at;
      at = end + 1;
    } else if (isPlain[byte] === 0 || (byte === 0xc2 && (output[at + 1] ?? 0) < 0xa0)) {
      return null; // a control character, or a C1 control as UTF-8
    } else {
      at += 1;
    }
  }
  return renditionsFrom(output, since);
}

/**
 * Offset at which the last `lines` lines (and what follows the last line end) start; 0 when there are too few, or where
 * the line end before them does not bring the cursor back to the first column.
 */
export function startOfLastLines(output: Buffer, lines: number): number {
  let at = output.length;
  for (let left = lines; left >= 0; left -= 1) {
    if (at === 0) return 0;
    at = output.lastIndexOf(lineFeed, at - 1);
    if (at < 0) return 0;
  }
  return output[at - 1] === carriageReturn ? at + 1 : 0;
}

/** Offset of the final `m` of an SGR sequence that starts at `from`; null for any other sequence, or a cut one. */
function endOfRendition(output: Uint8Array, from: number): number | null {
  if (output[from + 1] !== bracket) return null;
  for (let at = from + 2; at < output.length; at += 1) {
    const byte = output[at] ?? 0;
    if (byte === 0x6d) return at;
    if (byte < 0x30 || byte > 0x3b) return null; // digits, colon, semicolon
  }
  return null;
}

/** `ESC [ m`, `ESC [ 0 m`, `ESC [ 0 ; … m`: nothing before it counts. */
function isReset(output: Uint8Array, from: number, end: number): boolean {
  return from === end || (output[from] === 0x30 && (end === from + 1 || output[from + 1] === 0x3b));
}

/** The sequences of output that is known to be plain, without repetitions; null when they pile up without a reset. */
function renditionsFrom(output: Uint8Array, since: number): string | null {
  let rendition = '';
  for (let at = output.indexOf(escapeByte, since); at >= 0; at = output.indexOf(escapeByte, at + 1)) {
    const end = output.indexOf(0x6d, at);
    const sequence = String.fromCharCode(...output.subarray(at, end + 1));
    if (!rendition.endsWith(sequence)) rendition += sequence;
    if (rendition.length > longestRendition) return null;
  }
  return rendition === '\x1b[0m' || rendition === '\x1b[m' ? '' : rendition;
}
