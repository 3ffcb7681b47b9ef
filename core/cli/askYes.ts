import { localHostId } from '#core/contract/ids.ts';

/** Asks on the terminal; null where there is none, or the person does not want to answer. */
export async function askYes(text: string): Promise<boolean | null> {
  const { terminalAsker } = await import('#core/hosts/ssh/terminalAsker.ts');
  const asker = terminalAsker();
  if (!asker.canAsk) return null;
  const question = { hostId: localHostId, kind: 'confirm' as const, text, fingerprint: null };
  const answer = await asker.ask(question, new AbortController().signal);
  return answer === null ? null : /^y(?:es)?$/i.test(answer.trim());
}
