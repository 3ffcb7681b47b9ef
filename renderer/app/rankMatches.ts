/** Something that can be found by typing. */
export interface Findable {
  readonly label: string;
  /** Other words that find it, each weaker than the label. */
  readonly keywords: readonly string[];
}

/**
 * What matches a query, best first, at most `limit`. Every word of the query must begin a word (better) or occur
 * anywhere; the order is kept among equals. An empty query matches everything.
 */
export function rankMatches<Item extends Findable>(
  items: readonly Item[],
  query: string,
  limit: number,
): readonly Item[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items.slice(0, limit);
  return items
    .map((item, index) => ({ item, index, score: scoreOf(item, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, limit)
    .map(({ item }) => item);
}

function scoreOf(item: Findable, words: readonly string[]): number {
  const label = item.label.toLowerCase();
  const keywords = item.keywords.join(' ').toLowerCase();
  let total = 0;
  for (const word of words) {
    const score = Math.max(4 * wordScore(label, word), wordScore(keywords, word));
    if (score === 0) return 0;
    total += score;
  }
  return label.startsWith(words.join(' ')) ? total + 10 : total;
}

function wordScore(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  return at === 0 || /[\s\-_./:@]/.test(text[at - 1] ?? '') || text.includes(` ${word}`) ? 2 : 1;
}
