/**
 * Characters that a machine's texts could deceive with: controls (but tab and line feed), and what turns the direction
 * of writing. They are shown as escapes instead of being obeyed.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for here
const deceiving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text from another machine, fit to be shown. */
export function showHostile(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(deceiving, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
