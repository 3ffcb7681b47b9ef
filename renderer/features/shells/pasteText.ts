// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * Pasted text as a terminal may have it: line ends as the Enter key gives them, and no other control characters, so
 * that text from a web page cannot end a bracketed paste, or press keys.
 */
export function pasteText(clipboard: string): string {
  return clipboard.replace(/\r\n?|\n/g, '\r').replace(controlCharacter, '');
}

/**
 * How many lines a paste would run at once, or null where nothing is run: one line without its end, or a program that
 * takes a paste as one piece (`isBracketed`).
 */
export function linesThatRun(text: string, isBracketed: boolean): number | null {
  if (isBracketed || !text.includes('\r')) return null;
  return text.split('\r').filter((line, at, lines) => line !== '' || at < lines.length - 1).length;
}
