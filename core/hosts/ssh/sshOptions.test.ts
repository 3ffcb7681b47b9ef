import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readResolved } from './sshDestination.ts';
import { connectingOptions } from './sshOptions.ts';

/** As OpenSSH 9.2 prints it with `-G` and no configuration. */
const usual =
  'ciphers chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com';
const hasAes = existsSync('/proc/cpuinfo') && / aes /.test(readFileSync('/proc/cpuinfo', 'utf8'));

const optionsOf = (line: string) => connectingOptions(readResolved(`${line}\n`, 'host'), false);

test.skipIf(!hasAes)('takes a quick cipher first where nothing is configured', () => {
  expect(optionsOf(usual)).toContain('Ciphers=^aes128-gcm@openssh.com');
});

test.each([
  'ciphers aes256-ctr',
  'ciphers aes128-ctr,chacha20-poly1305@openssh.com',
  'ciphers chacha20-poly1305@openssh.com',
  'user alice',
])('leaves what the person configured: %s', (line) => {
  expect(optionsOf(line).join(' ')).not.toContain('Ciphers');
});
