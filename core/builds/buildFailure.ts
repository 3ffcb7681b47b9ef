import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { type ErrorFacts, type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { placeOfFailure, placeOfRefusal } from '#core/runtime/buildDefinitionFailure.ts';
import type { DefinitionProgress } from '#core/runtime/buildDefinitionProgress.ts';
import { buildOutline } from '#core/runtime/definition/buildOutline.ts';
import { parseDefinition } from '#core/runtime/definition/parseDefinition.ts';
import { type Explanation, explainFailure } from '#core/runtime/explainFailure.ts';
import { mirrorFailure } from '#core/runtime/mirrorFailure.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import { masked } from './buildFollower.ts';

/** A build that ended with another status than 0. */
export interface FailedBuild {
  /** What it wrote; the end of it is enough. */
  readonly output: string;
  readonly exitStatus: number | null;
  readonly definition: { readonly name: string; readonly text: string };
  readonly progress: DefinitionProgress;
  readonly runtime: Pick<Runtime, 'dialect' | 'conditions'>;
  readonly rules: readonly StderrRule[];
  readonly secrets: readonly string[];
  readonly hostId: HostId;
  readonly command: string;
  /** Where it unpacked, for people. */
  readonly unpackedIn?: HostPath;
}

const tailLines = 12;
const tailLength = 2000;

/**
 * Why a build failed, led to the line of the definition where that is known: the facts hold `line` and `column` (1-based),
 * `command` (as the shell traced it) and `outputTail` (what stood above).
 */
export function buildFailure(failed: FailedBuild): WorkbenchError {
  const { definition, exitStatus, progress, runtime } = failed;
  const output = masked(stripAnsi(failed.output), failed.secrets);
  const where = {
    hostId: failed.hostId,
    command: failed.command,
    evidence: withoutChatter(output),
    exitStatus,
  };
  const facts = { name: definition.name, outputTail: tailOf(output) };
  const explained = explainFailure(
    {
      stderr: output,
      exitStatus,
      dialect: runtime.dialect,
      verb: 'build',
      ...(runtime.conditions === undefined ? {} : { host: runtime.conditions }),
    },
    failed.rules,
  );
  const refusal = placeOfRefusal(definition.text, fatalOf(output));
  if (refusal !== null) return workbenchError('build.definition', { ...facts, ...refusal }, where);
  const status = /failed to execute %test script: exit status (\d+)/.exec(output)?.[1];
  if (status !== undefined) {
    const line = lineOfSection(definition.text, 'test');
    return workbenchError(
      'build.testFailed',
      { ...facts, line, column: 1, exitStatus: Number(status) },
      where,
    );
  }
  const script =
    /(?:while running|failed to run) %(post|setup|pre) (?:section|script)[^\n]*?(?:exit status (\d+)|$)/m.exec(
      output,
    );
  if (script === null) {
    const mirror = mirrorFailure(definition.text, output);
    if (mirror !== null) return workbenchError('build.mirror', { ...facts, ...mirror, column: 1 }, where);
    const line = baseLine(definition.text, output);
    return workbenchError(
      explained?.code ?? 'runtime.failed',
      { ...facts, ...roomFacts(failed, explained), ...(line === null ? {} : { line, column: 1 }) },
      where,
    );
  }
  const place = placeOfFailure(definition.text, progress);
  const placed: ErrorFacts = {
    ...facts,
    section: script[1] ?? '',
    line: place?.line ?? lineOfSection(definition.text, script[1] ?? ''),
    column: place?.column ?? 1,
    command: place === null ? (progress.trace.at(-1) ?? null) : masked(place.command ?? '', failed.secrets),
    ...(script[2] === undefined ? {} : { exitStatus: Number(script[2]) }),
  };
  // What the explainer knows better than "a command failed" goes with the line.
  return explained === null || explained.code === 'runtime.failed'
    ? workbenchError('build.failed', placed, where)
    : workbenchError(explained.code, { ...placed, ...roomFacts(failed, explained) }, where);
}

/** What the explainer found; a full disk without a name is the one that the build unpacked on. */
function roomFacts({ unpackedIn }: FailedBuild, explained: Explanation | null): ErrorFacts {
  const isUnnamed = explained?.code === 'disk.full' && explained.facts['path'] === undefined;
  return { ...explained?.facts, ...(isUnnamed && unpackedIn !== undefined ? { path: unpackedIn } : {}) };
}

/** The line of the base that could not be had; null where that is not what failed, or there are several. */
function baseLine(text: string, output: string): number | null {
  const { bases } = buildOutline(text, {});
  return bases.length === 1 && /conveyor failed to get/.test(output) ? (bases[0]?.line ?? null) : null;
}

function lineOfSection(text: string, name: string): number | null {
  const sections = parseDefinition(text).stages.flatMap((stage) => stage.sections);
  return sections.find((section) => section.name === name)?.line.number ?? null;
}

function withoutChatter(output: string): string {
  return linesOf(output).join('\n');
}

/** The last words of the script: what stands before the runtime's own. */
function tailOf(output: string): string {
  const lines = linesOf(output);
  const fatal = lines.findLastIndex((line) => line.startsWith('FATAL:'));
  const end = fatal < 0 ? lines.length : fatal;
  return lines
    .slice(Math.max(0, end - tailLines), end)
    .join('\n')
    .slice(-tailLength);
}

function fatalOf(output: string): string {
  const at = output.lastIndexOf('FATAL:');
  return at < 0 ? '' : output.slice(at);
}

function linesOf(output: string): readonly string[] {
  return output.split('\n').filter((line) => line.trim() !== '' && !/^(?:VERBOSE|DEBUG):/.test(line));
}
