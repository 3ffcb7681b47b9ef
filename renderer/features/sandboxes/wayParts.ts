/** The sentence of a way → what stands before its colon, as a title, and what follows, as a sentence of its own. */
export function wayParts(sentence: string): { readonly title: string; readonly rest: string } {
  const at = sentence.indexOf(': ');
  if (at < 0) return { title: sentence.replace(/\.$/, ''), rest: '' };
  const rest = sentence.slice(at + 2);
  return { title: sentence.slice(0, at), rest: `${rest.slice(0, 1).toUpperCase()}${rest.slice(1)}` };
}
