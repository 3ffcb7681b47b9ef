import { randomUUID } from 'node:crypto';
import type { Prompt } from '#core/contract/hosts.ts';
import type { Asker, Question } from './asker.ts';

interface Waiting {
  readonly prompt: Prompt;
  readonly settle: (answer: string | null) => void;
}

/** The questions of all hosts that wait for a person, for whatever shows them. Answers only pass through. */
export class PromptDesk implements Asker {
  readonly canAsk = true;
  readonly #canRemember: boolean;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<() => void>();

  /** `canRemember`: whether there is a keychain that could keep the answer to a secret question. */
  constructor({ canRemember = false }: { readonly canRemember?: boolean } = {}) {
    this.#canRemember = canRemember;
  }

  /** What waits now, the oldest first. */
  list(): readonly Prompt[] {
    return [...this.#waiting.values()].map(({ prompt }) => prompt);
  }

  /** Calls back after each change of the list; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Answers a question; null cancels. False when it no longer waits. */
  answer(id: string, answer: string | null): boolean {
    const waiting = this.#waiting.get(id);
    waiting?.settle(answer);
    return waiting !== undefined;
  }

  ask(question: Question, signal: AbortSignal): Promise<string | null> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const id = randomUUID();
      const leave = () => {
        signal.removeEventListener('abort', cancel);
        this.#waiting.delete(id);
        this.#changed();
      };
      const cancel = () => {
        leave();
        reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true });
      const canRemember = this.#canRemember && question.kind === 'secret';
      this.#waiting.set(id, {
        prompt: { ...question, id, canRemember, askedAt: Date.now() },
        settle(answer) {
          leave();
          resolve(answer);
        },
      });
      this.#changed();
    });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
