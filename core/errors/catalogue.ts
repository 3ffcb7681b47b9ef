import type { ErrorAction, ErrorCode } from '#core/contract/errors.ts';

export interface ErrorWords {
  readonly title: string;
  readonly cause: string;
  readonly nextStep: string;
  readonly action: ErrorAction | null;
}

/** Code and facts → title, cause and next step. */
export function describeError(
  code: ErrorCode,
  facts: Readonly<Record<string, string | number | boolean | null>>,
): ErrorWords {
  return { title: code, cause: Object.values(facts).join(', '), nextStep: '', action: null };
}
