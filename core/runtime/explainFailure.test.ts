import { describe, expect, it } from 'vitest';
import { errorCodes } from '#core/contract/errors.ts';
import { createDialect } from './dialect.ts';
import { explainFailure, type Failure } from './explainFailure.ts';
import { stderrRules } from './stderrRules.ts';

const apptainer = createDialect('apptainer', '1.4.5', null);
const explain = (stderr: string, rest: Partial<Failure> = {}) =>
  explainFailure({ stderr, exitStatus: 255, dialect: apptainer, verb: 'build', ...rest });

describe('explainFailure', () => {
  it('reads through colours', () => {
    const stderr = '\u001b[31mFATAL:  \u001b[0m "no\u001b[1msuch": executable file not found in $PATH\n';
    expect(explain(stderr, { verb: 'exec' })).toEqual({
      code: 'runtime.commandNotFound',
      facts: { program: 'nosuch' },
    });
  });

  it('gives the runtime’s last words where no rule knows them', () => {
    expect(explain('INFO:    Starting\nFATAL:   it is Tuesday\n')).toEqual({
      code: 'runtime.failed',
      facts: { verb: 'build it', reason: 'it is Tuesday', exitStatus: 255 },
    });
    expect(explain('', { exitStatus: null })).toEqual({
      code: 'runtime.failed',
      facts: { verb: 'build it' },
    });
  });

  it('does not take the words of the program inside for the runtime’s', () => {
    expect(explain('cp: write x: no space left on device\n', { verb: 'run', exitStatus: 1 })).toBeNull();
    expect(explain('write x: no space left on device\nFATAL:   it is Tuesday\n', { verb: 'run' })?.code).toBe(
      'runtime.failed',
    );
  });

  it('keeps the words of one product from another (from documentation, not run)', () => {
    const stderr =
      'FATAL:   --remote, --fakeroot, or the proot command are required to build this source as a non-root user';
    expect(explain(stderr)?.code).toBe('runtime.failed');
    expect(explain(stderr, { dialect: createDialect('singularity-ce', '4.5.1', null) })?.code).toBe(
      'runtime.fakerootUnavailable',
    );
    expect(explain(stderr, { dialect: null })?.code).toBe('runtime.fakerootUnavailable');
  });

  it.each([
    ['FATAL:   while writing: disk quota exceeded', 'disk.quota'],
    ['ERROR  : Failed to create container process: Operation not permitted', 'runtime.userNamespacesBlocked'],
    ['FATAL:   container creation failed: squashfuse failed to mount /x in 10s', 'runtime.fuseUnavailable'],
    [
      'FATAL:   could not use fakeroot: no mapping entry found in /etc/subuid for carol',
      'runtime.fakerootUnavailable',
    ],
    ['FATAL:   configuration disallows users from running sandbox containers', 'runtime.optionRefused'],
    [
      'FATAL:   kernel reported a bad superblock for squashfs image partition, possible causes',
      'image.truncated',
    ],
    ['FATAL:   GET https://h/v2/a/b/manifests/c: DENIED: no', 'registry.forbidden'],
    ['FATAL:   toomanyrequests: You have reached your pull rate limit', 'registry.rateLimited'],
    ['FATAL:   x509: certificate signed by unknown authority', 'registry.certificate'],
    ['FATAL:   dial tcp 10.0.0.1:443: i/o timeout', 'registry.timeout'],
    [
      'FATAL:   no image found in image index for architecture "s390x", OS linux',
      'image.nothingForArchitecture',
    ],
    ['FATAL:   reading a root-encrypted SIF requires root or a suid installation', 'image.encrypted'],
    ['FATAL:   copying: unexpected EOF', 'registry.interrupted'],
  ])('knows %j (from documentation, not run)', (stderr, code) => {
    expect(explain(stderr)?.code).toBe(code);
  });

  it('comes to an end with a hostile flood', () => {
    const flood = `FATAL: ${'could not open image '.repeat(50_000)}${'open a'.repeat(200_000)}`;
    expect(explain(flood)?.code).toBe('runtime.failed');
  });

  it('has rows with names of their own and known codes', () => {
    expect(new Set(stderrRules.map(({ id }) => id)).size).toBe(stderrRules.length);
    for (const { code } of stderrRules) expect(errorCodes).toContain(code);
  });
});
