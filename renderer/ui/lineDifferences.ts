import { diffLines } from 'diff';

/** So many equal lines stand around each difference; longer runs are folded. */
const contextLines = 3;
/** Two texts with more changes than this have nothing in common that a reader would see. */
const mostEdits = 1000;

export type DifferenceLine =
  | { readonly kind: 'added' | 'removed' | 'same'; readonly text: string }
  | { readonly kind: 'fold'; readonly count: number };

export interface LineDifferences {
  readonly lines: readonly DifferenceLine[];
  readonly added: number;
  readonly removed: number;
}

/** Two texts line by line, equal stretches folded; null where they have too little in common. */
export function lineDifferences(left: string, right: string): LineDifferences | null {
  const parts = diffLines(left, right, { maxEditLength: mostEdits });
  if (parts === undefined) return null;
  const lines: DifferenceLine[] = [];
  const counts = { added: 0, removed: 0 };
  for (const [index, part] of parts.entries()) {
    const texts = part.value.replace(/\n$/, '').split('\n');
    if (part.added || part.removed) {
      const kind = part.added ? 'added' : 'removed';
      counts[kind] += texts.length;
      for (const text of texts) lines.push({ kind, text });
    } else {
      lines.push(...folded(texts, { hasBefore: index > 0, hasAfter: index < parts.length - 1 }));
    }
  }
  return { lines, ...counts };
}

function folded(
  texts: readonly string[],
  { hasBefore, hasAfter }: { readonly hasBefore: boolean; readonly hasAfter: boolean },
): readonly DifferenceLine[] {
  const before = hasBefore ? contextLines : 0;
  const after = hasAfter ? contextLines : 0;
  const same = (text: string) => ({ kind: 'same' as const, text });
  const count = texts.length - before - after;
  // A fold of one line would take as much room as the line.
  if (count <= 1) return texts.map(same);
  return [
    ...texts.slice(0, before).map(same),
    { kind: 'fold', count },
    ...texts.slice(texts.length - after).map(same),
  ];
}
