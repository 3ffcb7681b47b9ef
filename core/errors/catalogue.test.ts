import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorActionSchema, errorCodes } from '#core/contract/errors.ts';
import { describeError } from './catalogue.ts';
import { reportOf, WorkbenchError, workbenchError } from './workbenchError.ts';

const words = (code: ErrorCode, facts: Parameters<typeof describeError>[1] = {}) =>
  describeError(code, facts);
const allFacts = {
  path: '/data/x.sif',
  program: 'squashfuse',
  operation: 'write',
  product: 'apptainer',
  version: '1.0.0',
  feature: '--cwd',
  needed: '1.3.0',
  reason: 'it is Tuesday',
  image: 'x.sif',
  option: '--net',
  capability: 'CAP_SYS_ADMIN',
  userName: 'alice',
  verb: 'build it',
  exitStatus: 255,
  expectedBytes: 2_000_000,
  actualBytes: 1_000_000,
  architecture: 'arm64',
  hostArchitecture: 'amd64',
  reference: 'docker://alpine:3.20',
  available: 'amd64, s390x',
  sizeBytes: 12,
  neededBytes: 5_000_000_000,
  freeBytes: 1_000_000,
  problem: 'tag',
  detail: 'a b',
  scheme: 'shub',
  registry: 'ghcr.io',
  seconds: 30,
  repository: 'lab/tool',
  waitSeconds: 3700,
  status: 503,
  expected: 'sha256:aa',
  actual: 'sha256:bb',
  doneBytes: 1000,
  totalBytes: 2000,
  mediaType: 'application/json',
  id: 'abc',
  field: 'name',
};

describe.each(errorCodes)('%s', (code) => {
  it.each([
    ['without facts', {}],
    ['with all facts', allFacts],
    ['with empty facts', Object.fromEntries(Object.keys(allFacts).map((name) => [name, null]))],
  ])('has whole words %s', (_, facts) => {
    const { title, cause, nextStep, action } = words(code, facts);
    for (const text of [title, cause, nextStep]) {
      expect(text).not.toMatch(/undefined|null|NaN|\[object| {2}| \.(?= |$)|\.\.(?!\.)|^[a-z]+\.[a-zA-Z]+$/);
      expect(text.trim()).toBe(text);
      expect(text.length).toBeGreaterThan(4);
    }
    expect(title).not.toMatch(/\.$/);
    expect(cause).toMatch(/[.!?…)]$/);
    expect(nextStep).toMatch(/[.!?)]$/);
    expect(nextStep).toMatch(/^[A-Z]/);
    if (action !== null) expect(errorActionSchema.safeParse(action).success).toBe(true);
  });
});

describe('the words', () => {
  it('hold the facts', () => {
    expect(words('disk.full', allFacts).cause).toContain('5.0 GB are needed and 1.0 MB are free.');
    expect(words('disk.full', { freeBytes: 10 }).cause).toContain('Only 10 B are free.');
    expect(words('registry.rateLimited', { waitSeconds: 3700 }).cause).toContain('1 h 2 min');
    expect(words('image.nothingForArchitecture', allFacts).cause).toBe(
      'The registry offers it for amd64, s390x.',
    );
    expect(words('registry.unauthorized', { registry: 'ghcr.io' }).action).toEqual({
      kind: 'signIn',
      registry: 'ghcr.io',
    });
    expect(words('registry.unauthorized').action).toBeNull();
    expect(words('registry.badReference', { reference: 'x y', problem: 'tag', detail: 'y' }).cause).toContain(
      'tag after ":"',
    );
    expect(words('input.invalid', { field: 'folder', reason: 'it is relative' })).toMatchObject({
      title: 'Folder is not valid',
      cause: 'It is relative.',
    });
  });

  it('say in what state things are, wherever something was being written', () => {
    const writing: readonly ErrorCode[] = [
      'disk.full',
      'disk.quota',
      'task.interrupted',
      'registry.interrupted',
      'registry.digestMismatch',
      'registry.timeout',
      'image.targetExists',
      'host.permissionDenied',
      'disk.readOnly',
    ];
    for (const code of writing)
      expect(words(code).cause).toMatch(
        /nothing half-written|no file was changed|no image was made|not touched|nothing was changed/i,
      );
  });

  it('speaks of what was sent, and not of what was fetched, when that was a push', () => {
    for (const code of ['registry.interrupted', 'registry.digestMismatch', 'registry.timeout'] as const) {
      const sent = words(code, { registry: 'r.org', isUpload: true, doneBytes: 10, totalBytes: 20 });
      const text = `${sent.title} ${sent.cause}`;
      expect(text).toMatch(/sent/);
      expect(text).not.toMatch(/downloaded|arrived|no image was made/);
    }
    expect(words('image.busy', { reason: 'The file was changed while it was sent' }).cause).toMatch(
      /^The file was changed while it was sent\. Nothing/,
    );
  });

  it('cannot be broken by hostile facts', () => {
    const { title } = words('image.missing', { path: `a\u001b[31m\n\u202e${'x'.repeat(5000)}` });
    expect(title).not.toMatch(/[\u202e\n]/);
    expect([...title].every((character) => character >= ' ')).toBe(true);
    expect(title.length).toBeLessThan(400);
    expect(words('image.missing', JSON.parse('{"__proto__":"x","constructor":"y"}')).title).toBe(
      'The image is not there any more',
    );
  });
});

describe('a report', () => {
  it('is what was thrown, or `internal` with the stack', () => {
    const error = workbenchError(
      'disk.full',
      { path: '/x' },
      { evidence: 'e'.repeat(20_000), exitStatus: 1 },
    );
    expect(error).toBeInstanceOf(WorkbenchError);
    expect(reportOf(error)).toMatchObject({
      code: 'disk.full',
      data: { path: '/x' },
      exitStatus: 1,
      command: null,
    });
    expect(reportOf(error).evidence).toHaveLength(16_384);
    expect(reportOf(new TypeError('boom'))).toMatchObject({
      code: 'internal',
      evidence: expect.stringContaining('boom'),
    });
    expect(reportOf({ odd: 1 }).evidence).toBe('{"odd":1}');
  });
});
