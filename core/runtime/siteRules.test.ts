import { describe, expect, it } from 'vitest';
import { describeError } from '#core/errors/catalogue.ts';
import { createDialect } from './dialect.ts';
import { explainFailure, type Failure } from './explainFailure.ts';
import { mergeRules, parseSiteRules } from './siteRules.ts';

const file = (...rules: readonly object[]) => JSON.stringify({ rules });
const quota = {
  id: 'home-quota',
  match: 'Disk Quota exceeded*/home',
  cause: 'Your home here has 20 GB.',
};

function explain(text: string, stderr: string, rest: Partial<Failure> = {}) {
  const dialect = createDialect('apptainer', '1.4.5', null);
  return explainFailure(
    { stderr, exitStatus: 255, dialect, verb: 'build', ...rest },
    mergeRules(parseSiteRules(text)),
  );
}

describe('the rules of a site', () => {
  it('come before ours, with words of their own', () => {
    const text = file({ ...quota, code: 'disk.quota', nextStep: 'Use $WORK.' });
    const found = explain(text, 'FATAL:   write: disk quota exceeded in /home/alice\n');
    expect(found).toEqual({ code: 'disk.quota', facts: { cause: quota.cause, nextStep: 'Use $WORK.' } });
    expect(describeError('disk.quota', found?.facts ?? {})).toMatchObject({
      cause: quota.cause,
      nextStep: 'Use $WORK.',
    });
    expect(explain(text, 'FATAL:   write: disk quota exceeded\n')?.facts['cause']).toBeUndefined();
  });

  it('count for their versions, verbs and hosts only', () => {
    const stderr = 'FATAL:   it is Tuesday\n';
    const code = (more: object, rest: Partial<Failure> = {}) =>
      explain(
        file({ id: 'a', match: 'it is Tuesday', cause: 'So.', code: 'image.busy', ...more }),
        stderr,
        rest,
      )?.code;
    expect(code({})).toBe('image.busy');
    expect(code({ from: '1.4', below: '1.5' })).toBe('image.busy');
    expect(code({ below: '1.4.5' })).toBe('runtime.failed');
    expect(code({ from: '1.4' }, { dialect: null })).toBe('runtime.failed');
    expect(code({ products: ['singularity-ce'] })).toBe('runtime.failed');
    expect(code({ verbs: ['pull'] })).toBe('runtime.failed');
    expect(code({ when: { fuse: 'closed' } })).toBe('runtime.failed');
    expect(code({ when: { fuse: 'closed' } }, { host: { fuse: 'closed' } })).toBe('image.busy');
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /list named rules/],
    [file({ ...quota, match: '**a*' }), /Rule 1 \(home-quota\): match: at least four/],
    [file({ ...quota, match: 'a*b*c*d*e*f*g*h*i*jjjj' }), /at most 8/],
    [file({ ...quota, code: 'no.such' }), /code:/],
    [file({ ...quota, colour: 'red' }), /colour/],
    [file({ ...quota, from: 'new' }), /from: a version/],
    [file(quota, quota), /same id/],
    [file({ ...quota, source: 'javascript:alert(1)' }), /source/],
    ['x'.repeat(300_000), /longer than/],
  ])('are refused with the reason (%#)', (text, problem) => {
    const { problems } = parseSiteRules(text);
    expect(problems.join('\n')).toMatch(problem);
  });

  it('keep what is good beside what is not', () => {
    const { rules, problems } = parseSiteRules(file({ id: 'bad' }, quota));
    expect([rules.length, problems.length]).toEqual([1, 1]);
  });

  it('come to an end with a hostile pattern and text', () => {
    const text = file({ ...quota, match: 'aaaa*aaaa*aaaa*aaaa*aaaa*aaaa*aaaa*aaaa*b' });
    const startedAt = performance.now();
    expect(explain(text, `FATAL: ${'a'.repeat(65_000)}`)?.code).toBe('runtime.failed');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
