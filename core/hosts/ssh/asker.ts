import type { Prompt } from '#core/contract/hosts.ts';

/** A question of ssh before it is put to somebody. */
export type Question = Omit<Prompt, 'id' | 'askedAt' | 'canRemember'>;

/** Whoever can answer what ssh asks while it connects. */
export interface Asker {
  /** False where nobody can answer: connecting then fails at the first question with host.promptImpossible. */
  readonly canAsk: boolean;
  /**
   * The answer, or null when the person cancelled. A yes-or-no question (`hostKey`, `confirm`) takes `yes`; anything
   * else is no. Rejects with the signal's reason when the question no longer matters.
   */
  ask(question: Question, signal: AbortSignal): Promise<string | null>;
}

/** For programs without a terminal: nobody is there. */
export const nobody: Asker = { canAsk: false, ask: () => Promise.resolve(null) };
