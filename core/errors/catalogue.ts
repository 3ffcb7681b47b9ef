import type { ErrorCode } from '#core/contract/errors.ts';
import { appWords } from './appWords.ts';
import { type ErrorWords, type FactReader, readFacts } from './errorWords.ts';
import { hostWords } from './hostWords.ts';
import { diskWords, imageWords } from './imageWords.ts';
import { registryWords } from './registryWords.ts';
import { runtimeWords } from './runtimeWords.ts';
import { transferWords } from './transferWords.ts';

/**
 * Every code and its words. The facts that a code may carry stand in the doc comment of its row, in the file of its
 * family; all are optional, and paths are HostPath texts.
 */
const catalogue: Readonly<Record<ErrorCode, (facts: FactReader) => ErrorWords>> = {
  ...hostWords,
  ...runtimeWords,
  ...imageWords,
  ...registryWords,
  ...diskWords,
  ...transferWords,
  ...appWords,
};

/** Code and facts → title, cause, next step and the action that one click can do. */
export function describeError(
  code: ErrorCode,
  facts: Readonly<Record<string, string | number | boolean | null>>,
): ErrorWords {
  return catalogue[code](readFacts(facts));
}
