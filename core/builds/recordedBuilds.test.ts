import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { localHostId } from '#core/contract/ids.ts';
import {
  type DefinitionProgress,
  endDefinitionProgress,
  initialDefinitionProgress,
  reduceDefinitionProgress,
} from '#core/runtime/buildDefinitionProgress.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
import { endOutput, feedOutput, initialOutput } from '#core/runtime/terminalOutput.ts';
import { buildFailure } from './buildFailure.ts';

const recorded = (file: string) =>
  readFileSync(fileURLToPath(new URL(`./__recorded__/apptainer-1.4.5/${file}`, import.meta.url)), 'utf8');

function progressOf(output: string): DefinitionProgress {
  let progress = initialDefinitionProgress;
  let at = 1000;
  const fed = feedOutput(initialOutput, output);
  for (const event of [...fed.events, ...endOutput(fed.state)]) {
    at += 10;
    progress = reduceDefinitionProgress(progress, event, at);
  }
  return progress;
}

function failureOf(name: string) {
  const output = recorded(`${name}.txt`);
  return buildFailure({
    output,
    exitStatus: 255,
    definition: { name: `${name}.def`, text: recorded(`${name}.def`) },
    progress: progressOf(output),
    runtime: { dialect: createDialect('apptainer', '1.4.5', null) },
    rules: stderrRules,
    secrets: [],
    hostId: localHostId,
    command: 'apptainer build',
  }).report;
}

describe('a recorded build', () => {
  it('has phases in their order, each with its time', () => {
    const progress = endDefinitionProgress(progressOf(recorded('ok.txt')), 1e6, 'succeeded');
    expect(progress.phases.map(({ phase }) => phase)).toEqual([
      'bootstrap',
      'files',
      'post',
      'test',
      'squashfs',
      'sif',
    ]);
    expect(progress.phases.every(({ startedAt, endedAt }) => endedAt !== null && endedAt >= startedAt)).toBe(
      true,
    );
    expect(progress.test).toBe('passed');
  });

  it.each([
    ['fail', 'build.failed', 12, 'cat /missing/file'],
    ['setup', 'build.failed', 6, 'false'],
  ])('that fails in a script leads to the line: %s', (name, code, line, command) => {
    const report = failureOf(name);
    expect(report).toMatchObject({ code, data: { line, command } });
    expect(report.evidence).not.toContain('VERBOSE');
    expect(report.exitStatus).toBe(255);
  });

  it('gives the last words above the failure', () => {
    expect(failureOf('fail').data['outputTail']).toMatch(
      /\+ cat \/missing\/file\ncat: can't open '\/missing\/file': No such file or directory$/,
    );
  });

  it.each([
    ['nobase', 2, 'missing.sif'],
    ['nofile', 5, 'nothere.txt'],
    ['badagent', 1, 'nosuch'],
    ['badsection', 4, 'nosuchsection'],
    ['badheader', 3, 'frobnicate'],
    ['noarg', 5, 'who'],
  ])('that is refused leads to the line: %s', (name, line, word) => {
    const report = failureOf(name);
    expect(report).toMatchObject({ code: 'build.definition', data: { line } });
    expect(String(report.data['reason'])).toContain(word);
  });

  it('tells a failed test by its section', () => {
    expect(failureOf('failtest')).toMatchObject({
      code: 'build.testFailed',
      data: { line: 7, exitStatus: 3 },
    });
    expect(endDefinitionProgress(progressOf(recorded('failtest.txt')), 1e6, 'failed').test).toBe('failed');
  });
});
