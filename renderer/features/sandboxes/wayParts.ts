import type { SandboxWay } from '#core/contract/sandboxes.ts';

/** The sentence of a way → what stands before its colon, as a title, and what follows, as a sentence of its own. */
export function wayParts(sentence: string): { readonly title: string; readonly rest: string } {
  const at = sentence.indexOf(': ');
  if (at < 0) return { title: sentence.replace(/\.$/, ''), rest: '' };
  const rest = sentence.slice(at + 2);
  return { title: sentence.slice(0, at), rest: `${rest.slice(0, 1).toUpperCase()}${rest.slice(1)}` };
}

/** What is lost with every one of several ways: said once, and not with each. */
export function sharedLimits(ways: readonly SandboxWay[]): readonly string[] {
  const [first, ...others] = ways.filter(({ isPossible }) => isPossible);
  if (first === undefined || others.length === 0) return [];
  return first.limits.filter((limit) => others.every(({ limits }) => limits.includes(limit)));
}
