import type { ErrorCode } from '#core/contract/errors.ts';
import type { ActionVerb, RuntimeProduct } from '#core/contract/runtime.ts';
import type { HostConditions } from './hostConditions.ts';
import type { VersionNumber } from './versionNumber.ts';

/** Facts for the catalogue: their names are those of the code's row there; `cause` and `nextStep` replace its words. */
export type FailureFacts = Readonly<Record<string, string>>;

/** Texts that stand in one line in this order, upper or lower case alike: a pattern that needs no search back. */
export interface LinePattern {
  readonly pieces: readonly string[];
}

/** What a failed command was to do. */
export type FailureVerb = ActionVerb | 'build' | 'pull';

/** One row: a text that runtimes write, where it counts, and what it means. */
export interface StderrRule {
  /** Names the row in tests and reports. */
  readonly id: string;
  readonly pattern: RegExp | LinePattern;
  readonly code: ErrorCode;
  /** Facts from the groups of the pattern. */
  readonly facts: (groups: readonly string[]) => FailureFacts;
  /** Only these write it; all when null. */
  readonly products: readonly RuntimeProduct[] | null;
  /** From the first on, before the second; all when null. */
  readonly versions: { readonly from: VersionNumber | null; readonly below: VersionNumber | null } | null;
  readonly verbs: readonly FailureVerb[] | null;
  /** What must be known of the host; nothing when null. */
  readonly when: HostConditions | null;
  /** `provoked`: a test makes the real runtime write it. `documentation`: read in sources and manuals, not run. `site`: from a site's own file. */
  readonly knowledge: 'provoked' | 'documentation' | 'site';
  /** Where it is explained, or the runtime's own file; null where the words say all. */
  readonly source: string | null;
}

/** What a row may leave out. `cause` and `nextStep` are sentences that replace those of the code. */
export interface RestOfRule
  extends Partial<
    Pick<StderrRule, 'facts' | 'products' | 'versions' | 'verbs' | 'when' | 'knowledge' | 'source'>
  > {
  readonly cause?: string;
  readonly nextStep?: string;
}

/** A row with the usual emptiness filled in. */
export function rule(
  id: string,
  code: ErrorCode,
  pattern: StderrRule['pattern'],
  rest: RestOfRule = {},
): StderrRule {
  const { cause, nextStep } = rest;
  const words = {
    ...(cause === undefined ? {} : { cause }),
    ...(nextStep === undefined ? {} : { nextStep }),
  };
  return {
    id,
    code,
    pattern,
    facts: (groups) => ({ ...rest.facts?.(groups), ...words }),
    products: rest.products ?? null,
    versions: rest.versions ?? null,
    verbs: rest.verbs ?? null,
    when: rest.when ?? null,
    knowledge: rest.knowledge ?? 'provoked',
    source: rest.source ?? null,
  };
}

/** Facts named after the groups, in their order. */
export const named =
  (...names: readonly string[]) =>
  (groups: readonly string[]): FailureFacts =>
    Object.fromEntries(names.map((name, index) => [name, groups[index] ?? '']));

export const documentation = { knowledge: 'documentation' } as const;
export const ceOnly: readonly RuntimeProduct[] = ['singularity-ce', 'singularity'];

/** The groups of a pattern in a text; null where it does not fit. */
export function matchPattern(pattern: StderrRule['pattern'], text: string): readonly string[] | null {
  if (pattern instanceof RegExp)
    return (
      pattern
        .exec(text)
        ?.slice(1)
        .map((group) => group ?? '') ?? null
    );
  const pieces = pattern.pieces.map((piece) => piece.toLowerCase());
  const fits = text.split('\n').some((line) => holdsInOrder(line.toLowerCase(), pieces));
  return fits ? [] : null;
}

function holdsInOrder(line: string, pieces: readonly string[]): boolean {
  let at = 0;
  return pieces.every((piece) => {
    const found = line.indexOf(piece, at);
    at = found + piece.length;
    return found >= 0;
  });
}
