// summary.mjs FOLDER [FAILED-STEP...] - sums up the reports of one `npm test` (vitest and Playwright JSON in FOLDER):
// skipped tests with their reasons, what passed only at its second try, failed tests with what they said, and as the
// last line "N passed, N failed[, N skipped]".
// A step that failed without a failed test of its own (types, lint, a suite that could not start) counts as a failure.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [folder, ...failedSteps] = process.argv.slice(2);

function read(name) {
  const file = join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/**
 * Tests of a vitest JSON report: `{suite, name, outcome, reason, message}`. What failed outside of tests (`outside`, by
 * hookFailures.ts) is a failure each; so is a file that failed and nobody said why.
 */
function vitestTests(suite, report, outside) {
  const failures = (outside ?? []).map((failure) => ({ ...failure, suite, outcome: 'failed' }));
  return [...failures, ...report.testResults.flatMap((file) => testsOfFile(suite, file, failures))];
}

function testsOfFile(suite, file, failures) {
  const failedOutside = failures.some(({ name }) => file.name.endsWith(name.split(' > ')[0]));
  const notRun = failedOutside ? 'not run: see what failed in its file' : 'marked to be skipped in its file';
  const tests = file.assertionResults.map((test) => ({
    suite,
    name: test.fullName,
    outcome: { passed: 'passed', failed: 'failed' }[test.status] ?? 'skipped',
    reason: test.meta?.skipReason ?? notRun,
    neededSecondTry: test.meta?.neededSecondTry === true,
    message: test.failureMessages[0],
  }));
  const isTold = failedOutside || tests.some(({ outcome }) => outcome === 'failed');
  const isBroken = file.status === 'failed' && !isTold;
  return isBroken ? [...tests, { suite, name: file.name, outcome: 'failed', message: file.message }] : tests;
}

/** Tests of a Playwright JSON report. `flaky` is its word for what passed at the second try. */
function playwrightTests(report) {
  const walk = (suite, path) => [
    ...(suite.suites ?? []).flatMap((inner) => walk(inner, [...path, inner.title])),
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests.map((test) => ({
        suite: `e2e ${test.projectName}`,
        name: [...path, spec.title].join(' > '),
        outcome: { expected: 'passed', flaky: 'passed', skipped: 'skipped' }[test.status] ?? 'failed',
        message: test.results.find(({ error }) => error !== undefined)?.error.message,
        neededSecondTry: test.status === 'flaky',
        reason:
          test.annotations.find(({ type }) => type === 'skip')?.description ??
          'not run: an earlier step failed',
      })),
    ),
  ];
  const broken = report.errors.map((error) => ({
    suite: 'e2e',
    name: error.message ?? 'error',
    outcome: 'failed',
  }));
  return [...report.suites.flatMap((suite) => walk(suite, [suite.title])), ...broken];
}

const listed = read('real-list.json');
const listReason = listed === null ? '' : readFileSync(join(folder, 'real-list.reason'), 'utf8').trim();
const unit = read('unit.json');
const real = read('real.json');
const e2e = read('e2e.json');
const tests = [
  ...(unit === null ? [] : vitestTests('unit', unit, read('unit-outside.json'))),
  ...(real === null ? [] : vitestTests('real', real, read('real-outside.json'))),
  ...(e2e === null ? [] : playwrightTests(e2e)),
  ...(listed ?? []).map(({ name }) => ({ suite: 'real', name, outcome: 'skipped', reason: listReason })),
];
const of = (outcome) => tests.filter((test) => test.outcome === outcome);

/** The first lines of what a failed test said, indented: a log's end is often all that is kept of it. */
function said(message) {
  const lines = stripVTControlCharacters(message ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^ *at .*node_modules/.test(line));
  return lines
    .slice(0, 12)
    .map((line) => `\n    ${line.slice(0, 400)}`)
    .join('');
}

const suiteOfStep = { unit: 'unit', real: 'real', 'end to end': 'e2e' };
const stepsWithoutTest = failedSteps.filter(
  (step) => !of('failed').some(({ suite }) => suiteOfStep[step] && suite.startsWith(suiteOfStep[step])),
);
const skipped = of('skipped');
for (const test of skipped) console.log(`skipped: ${test.suite}: ${test.name}: ${test.reason}`);
for (const test of of('passed').filter(({ neededSecondTry }) => neededSecondTry))
  console.log(`passed at the second try only: ${test.suite}: ${test.name}${said(test.message)}`);
for (const test of of('failed')) console.log(`failed: ${test.suite}: ${test.name}${said(test.message)}`);
for (const step of stepsWithoutTest) console.log(`failed: ${step}`);

const failed = of('failed').length + stepsWithoutTest.length;
const tail = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
console.log(`${of('passed').length} passed, ${failed} failed${tail}`);
process.exit(failed === 0 && of('passed').length > 0 ? 0 : 1);
