/**
 * Characters that a text from an image or from another machine could deceive with: controls (but tab and line feed),
 * what turns the direction of writing, and what takes no room. They are shown as escapes instead of being obeyed.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for here
const deceiving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text from elsewhere, fit to be shown. */
export function showControls(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(deceiving, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
