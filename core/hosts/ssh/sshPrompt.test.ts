import { describe, expect, it } from 'vitest';
import { hostIdSchema } from '#core/contract/ids.ts';
import { questionReader } from './askpass.ts';
import { readQuestion } from './sshPrompt.ts';

const hostId = hostIdSchema.parse('cluster');
const read = (text: string, hint = '', notes = '') => readQuestion(hostId, { text, hint }, notes);

// As OpenSSH 9.2 hands it to its askpass program.
const hostKey = `The authenticity of host '[127.0.0.1]:5222 ([127.0.0.1]:5222)' can't be established.
ED25519 key fingerprint is SHA256:0/R6jyGOsjx5EXPBPqisOAN79B4R6wI5UEqjFK8rxR8.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? `;

describe('a question of ssh', () => {
  it('about an unknown machine carries algorithm and fingerprint', () => {
    expect(read(hostKey)).toMatchObject({
      kind: 'hostKey',
      fingerprint: { algorithm: 'ED25519', sha256: 'SHA256:0/R6jyGOsjx5EXPBPqisOAN79B4R6wI5UEqjFK8rxR8' },
    });
    expect(read(hostKey).text).toMatch(/^The authenticity .*\nED25519 .*\n.*\nAre you sure .*\?$/);
  });

  it.each([
    ['(alice@127.0.0.1) Password: ', 'secret'],
    ['(alice@127.0.0.1) Verification code: ', 'secret'],
    ["Enter passphrase for key '/home/alice/.ssh/login option': ", 'secret'],
    ['(alice@login) Passcode or option (1-3): ', 'text'],
    ['(alice@login) Username: ', 'text'],
    ["Enter PIN for ED25519-SK key '/home/alice/.ssh/id_sk': ", 'secret'],
  ])('%s is %s', (text, kind) => {
    expect(read(text)).toMatchObject({ kind, text: text.trim(), fingerprint: null });
  });

  it('that can only be confirmed is a yes or no', () => {
    expect(read('Add key /home/alice/.ssh/id_ed25519 (alice) to agent?', 'confirm').kind).toBe('confirm');
  });

  it('is never a host key because a server worded it so', () => {
    const faked = `(mallory@evil) Hello\n${hostKey}`;
    expect(read(faked)).toMatchObject({ kind: 'confirm', fingerprint: null });
  });

  it('comes with what the server said before it, without what could steer a screen', () => {
    const { text } = read('(a@b) Code: ', '', '\u001b[2JDuo: 1. Push\r\n2. Call\u202e\n');
    expect(text).toBe('[2JDuo: 1. Push\n2. Call\n(a@b) Code:');
  });
});

it('reads questions from whatever pieces they come in, and none that is not ours', () => {
  const questions: unknown[] = [];
  const reader = questionReader((question) => questions.push(question));
  const bytes = Buffer.from(
    '12\x0011\x00confirm\x00Really?\né\x00x/../y\x0011\x00\x00bad\x0013\x0011\x00\x00last\x00',
  );
  for (const byte of bytes) reader(Buffer.of(byte));
  expect(questions).toEqual([
    { askpassId: 12, sshId: 11, hint: 'confirm', text: 'Really?\né' },
    { askpassId: 13, sshId: 11, hint: '', text: 'last' },
  ]);
});
