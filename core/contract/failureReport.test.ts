import { expect, it } from 'vitest';
import type { ErrorReport } from './errors.ts';
import { failureReportText, maskPrivate } from './failureReport.ts';

const subject = {
  homeFolder: '/data/people/al',
  userName: 'al',
  hostNames: ['login1', 'login1.example.org'],
};

const report: ErrorReport = {
  code: 'runtime.failed',
  title: 'The runtime could not build it',
  cause: 'It is Tuesday.',
  nextStep: '',
  action: null,
  data: { path: '/data/people/al/x.sif', exitStatus: 255 },
  hostId: null,
  command: 'apptainer build /data/people/al/x.sif docker://al:pa55@reg.example.org/x',
  evidence: 'FATAL:   also on login1.example.org (10.0.0.7): token=abc123def for al@example.org',
  exitStatus: 255,
};

it('tells what happened, and neither who nor where', () => {
  const text = failureReportText(report, [{ name: 'Kernel', value: '6.1' }], subject);
  expect(text).toBe(`runtime.failed: The runtime could not build it
It is Tuesday.
path: ~/x.sif
exitStatus: 255
Kernel: 6.1
$ apptainer build ~/x.sif docker://••••••@reg.example.org/x
exit status 255

FATAL:   also on HOST (ADDRESS): token=•••••• for USER@example.org`);
});

it.each([
  ['Authorization: Bearer abcdefgh.ijk', 'abcdefgh'],
  ['{"password": "hunter22"}', 'hunter22'],
  ['--password hunter22x=1 APPTAINER_DOCKER_PASSWORD=hunter22', '=hunter22'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', 'MIIabc'],
  ['-----BEGIN PRIVATE KEY-----\nMIIabc', 'MIIabc'],
  ['ghp_0123456789abcdefghijABCDEFGHIJ', '0123456789'],
  ['https://user:pw@host/x', 'pw'],
  ['in /home/carol/images', 'carol'],
])('masks the secret in %j', (text, secret) => {
  expect(maskPrivate(text)).not.toContain(secret);
});

it('leaves words that only contain a name, and root’s home', () => {
  expect(maskPrivate('also total al', subject)).toBe('also total USER');
  expect(maskPrivate('/root/x', { ...subject, homeFolder: '/root' })).toBe('/root/x');
});

it('comes to an end with a hostile flood', () => {
  const startedAt = performance.now();
  maskPrivate(`${'password'.repeat(5000)}${'-----BEGIN A-----'.repeat(2000)}${'://a'.repeat(5000)}`);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});
