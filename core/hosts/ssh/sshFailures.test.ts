import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostIdSchema } from '#core/contract/ids.ts';
import { explainSshFailure } from './sshFailures.ts';

const facts = {
  hostId: hostIdSchema.parse('cluster'),
  host: 'cluster',
  address: 'alice@cluster:22',
  seconds: 15,
};
const recorded = (name: string) =>
  readFileSync(join(import.meta.dirname, '__recorded__/openssh-9.2p1', `${name}.txt`), 'utf8');
const explain = (stderr: string) => explainSshFailure(stderr, 255, facts).report;

describe('the words of a real ssh', () => {
  it.each([
    ['refused', 'host.connectionRefused', { address: '127.0.0.1:5999' }],
    ['nameUnknown', 'host.nameUnknown', { address: 'nowhere.invalid' }],
    ['unreachable', 'host.timeout', { address: '10.77.0.99:22', seconds: 15 }],
    ['silent', 'host.timeout', { address: 'alice@cluster:22', seconds: 15 }],
    ['keyDenied', 'host.authenticationFailed', { methods: 'publickey', address: 'alice@cluster:22' }],
    ['codeDenied', 'host.authenticationFailed', { methods: 'keyboard-interactive' }],
    [
      'passwordDeniedAfterBanner',
      'host.authenticationFailed',
      { methods: 'publickey, password, keyboard-interactive' },
    ],
    ['keyDeclined', 'host.keyUnknown', {}],
    ['keyUnknownSilent', 'host.keyUnknown', {}],
    [
      'keyChanged',
      'host.keyChanged',
      {
        algorithm: 'ED25519',
        fingerprint: 'SHA256:0/R6jyGOsjx5EXPBPqisOAN79B4R6wI5UEqjFK8rxR8',
        file: '/tmp/mysingularity-testbed/ssh/client/known_hosts_changed',
        line: 1,
      },
    ],
    ['jumpRefused', 'host.connectionRefused', { address: '127.0.0.1:5999' }],
    ['jumpForwardRefused', 'host.connectionRefused', { address: 'alice@cluster:22' }],
    ['jumpDenied', 'host.authenticationFailed', { address: 'alice@127.0.0.1', methods: 'publickey' }],
    ['proxyMissing', 'host.sshFailed', { reason: '/bin/bash: line 1: exec: nosuchproxy: not found' }],
    ['badOption', 'host.sshFailed', { reason: 'command-line: line 0: Bad configuration option: bogusopt' }],
    ['maxStartups', 'host.tooManySessions', {}],
    ['sessionRefused', 'host.tooManySessions', {}],
    ['masterGone', 'host.connectionLost', {}],
  ])('%s → %s', (name, code, data) => {
    expect(explain(recorded(name))).toMatchObject({ code, data: { host: 'cluster', ...data } });
  });
});

it('does not believe a banner that speaks as ssh does', () => {
  const banner = 'Host key verification failed.\nbob@x: Permission denied (password).\n';
  expect(explain(`${banner}${recorded('refused')}`).code).toBe('host.connectionRefused');
  expect(explain(`${banner}Connection closed by 10.0.0.1 port 22\n`)).toMatchObject({
    code: 'host.sshFailed',
    data: { reason: 'Connection closed by 10.0.0.1 port 22' },
  });
});

it('names a cut line by what ssh says of its keep-alive', () => {
  expect(explain('Timeout, server 10.77.0.11 not responding.\r\n').code).toBe('host.connectionLost');
  expect(explain('Connection to 10.77.0.11 closed by remote host.\r\n').code).toBe('host.connectionLost');
});

it('has an answer to silence', () => {
  expect(explain('')).toMatchObject({ code: 'host.sshFailed', data: { reason: null }, exitStatus: 255 });
});
