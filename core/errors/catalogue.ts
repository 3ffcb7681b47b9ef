import type { ErrorCode } from '#core/contract/errors.ts';
import { appWords } from './appWords.ts';
import { buildWords } from './buildWords.ts';
import { type ErrorWords, type FactReader, readFacts } from './errorWords.ts';
import { hostWords } from './hostWords.ts';
import { diskWords, imageWords } from './imageWords.ts';
import { registryWords } from './registryWords.ts';
import { runtimeWords } from './runtimeWords.ts';
import { transferWords } from './transferWords.ts';
import { trustWords } from './trustWords.ts';
import { instanceWords, overlayWords, sandboxWords, workspaceWords } from './workspaceWords.ts';

/**
 * Every code and its words. The facts that a code may carry stand in the doc comment of its row, in the file of its
 * family; all are optional, and paths are HostPath texts.
 */
const catalogue: Readonly<Record<ErrorCode, (facts: FactReader) => ErrorWords>> = {
  ...hostWords,
  ...runtimeWords,
  ...imageWords,
  ...registryWords,
  ...buildWords,
  ...diskWords,
  ...transferWords,
  ...trustWords,
  ...workspaceWords,
  ...sandboxWords,
  ...instanceWords,
  ...overlayWords,
  ...appWords,
};

/**
 * Code and facts → title, cause, next step and the action that one click can do. Facts named `cause` and `nextStep`
 * replace the words of the code: the explainer's rules know a failure better than its code does.
 */
export function describeError(
  code: ErrorCode,
  facts: Readonly<Record<string, string | number | boolean | null>>,
): ErrorWords {
  const reader = readFacts(facts);
  const words = catalogue[code](reader);
  return {
    ...words,
    cause: reader.text('cause') ?? words.cause,
    nextStep: reader.text('nextStep') ?? words.nextStep,
  };
}
