import type { ErrorAction, ErrorCode } from '#core/contract/errors.ts';
import { formatBytes } from '#core/contract/quantity.ts';

/** Words for a failure: what happened, why, what to do next, and what one click can do. */
export interface ErrorWords {
  readonly title: string;
  readonly cause: string;
  readonly nextStep: string;
  readonly action: ErrorAction | null;
}

/** The facts of a failure, read so that a missing one never shows as `undefined`. */
export interface FactReader {
  /** The fact as one short line without control characters; null when it is missing, empty or null. */
  text(name: string): string | null;
  /** The fact, or other words in its place. */
  or(name: string, otherwise: string): string;
  /** A count of bytes as people read it; null when it is missing. */
  bytes(name: string): string | null;
  number(name: string): number | null;
  /** Null when it is missing, or neither true nor false. */
  flag(name: string): boolean | null;
}

/** The words of one family of codes: every code has a row. */
export type WordTable<Family extends string> = Readonly<
  Record<Extract<ErrorCode, `${Family}.${string}`>, (facts: FactReader) => ErrorWords>
>;

/** A long text from a registry or an image must not bury the sentence it stands in. */
const longestFact = 300;

/** Facts by name → their reader. */
export function readFacts(facts: Readonly<Record<string, string | number | boolean | null>>): FactReader {
  const text = (name: string) => {
    const value = Object.hasOwn(facts, name) ? facts[name] : null;
    if (value === null || value === undefined || value === '') return null;
    return oneLine(String(value));
  };
  const number = (name: string) => {
    const value = Object.hasOwn(facts, name) ? facts[name] : null;
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  return {
    text,
    number,
    flag: (name) => {
      const value = Object.hasOwn(facts, name) ? facts[name] : null;
      return typeof value === 'boolean' ? value : null;
    },
    or: (name, otherwise) => text(name) ?? otherwise,
    bytes: (name) => {
      const value = number(name);
      return value === null ? null : formatBytes(value);
    },
  };
}

/** Whole sentences in a row; those that have nothing to say are left out. */
export function sentences(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' ');
}

/** A fact that is a clause or a sentence of its own → a sentence: capital letter, full stop. */
export function asSentence(text: string | null): string | null {
  if (text === null) return null;
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…”)]$/.test(capital) ? capital : `${capital}.`;
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  const clean = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
  return clean.length > longestFact ? `${clean.slice(0, longestFact - 1)}…` : clean;
}
