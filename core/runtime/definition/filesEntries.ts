import type { Section } from './definitionDocument.ts';
import { indentation, type SourceLine, trimSpace } from './sourceText.ts';

/** A word of a line of `%files`, as it is written. */
export interface FilesWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What a `%files` section says after its name. Seen with Apptainer 1.4.5: exactly two words name a stage (the first may
 * be any word), none means the host, and with any other number nothing is copied, without a word.
 */
export type FilesOrigin =
  | { readonly kind: 'host' }
  | { readonly kind: 'stage'; readonly name: string; readonly word: string }
  | { readonly kind: 'nothing' };

export function filesOrigin(section: Section): FilesOrigin {
  const words = trimSpace((section.argument ?? '').split('#')[0] ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const [word, name] = words;
  if (word === undefined) return { kind: 'host' };
  return words.length === 2 && name !== undefined ? { kind: 'stage', name, word } : { kind: 'nothing' };
}

/** The words of a line, as the runtime splits it: at white space that double quotes do not enclose. */
export function filesWordsOf(line: SourceLine): readonly FilesWord[] {
  const text = trimSpace(line.text);
  if (text === '' || text.startsWith('#')) return [];
  const start = line.from + indentation(line.text);
  return Array.from(text.matchAll(/"[^"]*"|'[^']*|(?:\{\{\s*\w+\s*\}\}|[^\s"'])+/g), (match) => ({
    text: match[0],
    from: start + match.index,
    to: start + match.index + match[0].length,
  }));
}
