import type { ErrorCode } from '#core/contract/errors.ts';
import type { ActionVerb } from '#core/contract/runtime.ts';
import type { Dialect } from './dialect.ts';
import { type FailureFacts, stderrRules } from './stderrRules.ts';
import { stripAnsi } from './terminalOutput.ts';

export interface Failure {
  /** What the command wrote to standard error (or to its terminal); only the end is read. */
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitStatus: number | null;
  /** Null when no runtime is known. */
  readonly dialect: Dialect | null;
  readonly verb: ActionVerb | 'build' | 'pull';
}

export interface Explanation {
  readonly code: ErrorCode;
  /** For the catalogue. */
  readonly facts: Readonly<Record<string, string | number>>;
}

const longestRead = 65_536;
/** The patterns look for an end of each beginning: on lines without bound that would take minutes. */
const longestLine = 4096;

/**
 * Why the runtime failed. For shell, run and exec it is null when the runtime itself did not fail: then the exit
 * status is that of the program inside. Otherwise what no rule knows is `runtime.failed` with its last words.
 */
export function explainFailure(failure: Failure): Explanation | null {
  const text = stripAnsi(failure.stderr.slice(-longestRead))
    .split('\n')
    .map((line) => line.slice(0, longestLine))
    .join('\n');
  const isAction = failure.verb !== 'build' && failure.verb !== 'pull';
  const own = isAction ? ownWords(text) : text;
  if (own === null) return null;
  for (const rule of stderrRules) {
    if (
      rule.products !== null &&
      failure.dialect !== null &&
      !rule.products.includes(failure.dialect.product)
    )
      continue;
    const found = rule.pattern.exec(own);
    if (found !== null) return { code: rule.code, facts: withoutEmpty(rule.facts(found.slice(1))) };
  }
  return { code: 'runtime.failed', facts: lastWords(own, failure) };
}

/** From the runtime's first fatal line on; null when it wrote none. What the program inside wrote comes before. */
function ownWords(text: string): string | null {
  const start = /^(?:FATAL:|ERROR *:|Error for command "|Could not locate the container application: )/m.exec(
    text,
  );
  return start === null ? null : text.slice(start.index);
}

function lastWords(text: string, { verb, exitStatus }: Failure): Explanation['facts'] {
  const fatal = [...text.matchAll(/^(?:FATAL:|ERROR *:|Error for command "[^"]*":) *(.+)$/gm)].at(-1)?.[1];
  return {
    verb: verb === 'exec' ? 'execute the program' : verb === 'shell' ? 'open a shell' : `${verb} it`,
    ...(fatal === undefined ? {} : { reason: fatal.trim() }),
    ...(exitStatus === null ? {} : { exitStatus }),
  };
}

function withoutEmpty(facts: FailureFacts): FailureFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''));
}
