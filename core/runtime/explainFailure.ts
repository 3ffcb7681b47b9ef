import type { ErrorCode } from '#core/contract/errors.ts';
import type { Dialect } from './dialect.ts';
import type { HostConditions } from './hostConditions.ts';
import { type FailureFacts, type FailureVerb, matchPattern, type StderrRule } from './stderrRule.ts';
import { stderrRules } from './stderrRules.ts';
import { stripAnsi } from './terminalOutput.ts';
import { isAtLeast } from './versionNumber.ts';

export interface Failure {
  /** What the command wrote to standard error (or to its terminal); only the end is read. */
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitStatus: number | null;
  /** Null when no runtime is known. */
  readonly dialect: Dialect | null;
  readonly verb: FailureVerb;
  /** What the doctor knows of the host; rules with conditions fit only where it is given. */
  readonly host?: HostConditions;
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
 * Why the runtime failed. Rules of a site come first when they were merged
 * (`mergeRules`). For shell, run and exec it is null when the runtime itself did not fail: then the exit
 * status is that of the program inside. Otherwise what no rule knows is `runtime.failed` with its last words.
 */
export function explainFailure(
  failure: Failure,
  rules: readonly StderrRule[] = stderrRules,
): Explanation | null {
  const text = stripAnsi(failure.stderr.slice(-longestRead))
    .split('\n')
    .map((line) => line.slice(0, longestLine))
    .join('\n');
  const isAction = failure.verb !== 'build' && failure.verb !== 'pull';
  const own = isAction ? ownWords(text) : text;
  if (own === null) return null;
  for (const rule of rules) {
    const found = counts(rule, failure) ? matchPattern(rule.pattern, own) : null;
    if (found !== null) return { code: rule.code, facts: withoutEmpty(rule.facts(found)) };
  }
  return { code: 'runtime.failed', facts: lastWords(own, failure) };
}

/** Whether a row counts for this product, version, verb and host. Without a known runtime all products count. */
function counts(rule: StderrRule, { dialect, verb, host }: Failure): boolean {
  if (rule.verbs !== null && !rule.verbs.includes(verb)) return false;
  if (dialect !== null && rule.products !== null && !rule.products.includes(dialect.product)) return false;
  if (rule.versions !== null && !isWithin(rule.versions, dialect)) return false;
  return Object.entries(rule.when ?? {}).every(
    ([name, wanted]) => host !== undefined && new Map(Object.entries(host)).get(name) === wanted,
  );
}

/** A version that nobody knows is in no range. */
function isWithin({ from, below }: NonNullable<StderrRule['versions']>, dialect: Dialect | null): boolean {
  if (dialect === null) return false;
  return (
    (from === null || isAtLeast(dialect.number, from)) &&
    (below === null || !isAtLeast(dialect.number, below))
  );
}

/** From the runtime's first fatal line on; null when it wrote none. What the program inside wrote comes before. */
function ownWords(text: string): string | null {
  const start =
    /^(?:FATAL:|ERROR *:|fatal error: |Error for command "|Could not locate the container application: )/m.exec(
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
