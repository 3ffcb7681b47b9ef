import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { hostPathSchema } from '#core/contract/hostPath.ts';
import { pipeWord } from '#core/hosts/ssh/remoteCommand.ts';
import { type RemoteScript, remoteScript } from './remoteScript.ts';

/** As sshd does: the login shell gets the word, and prints before it. */
const run = (script: RemoteScript, rest = '') =>
  execFileSync('/bin/sh', ['-c', `echo Welcome; ${pipeWord}`], {
    input: Buffer.concat([script.input, Buffer.from(rest)]),
  }).toString('latin1');

test('has its values, its input and its exit status, whatever is printed before', () => {
  const script = remoteScript('printf "%s|%s|" "$path" "$text"; cat; exit 7', {
    path: { path: hostPathSchema.parse('/a\\x0a\\xff\'"$(x)`') },
    text: "it's\n$HOME",
  });
  const output = run(script, 'its own input');
  expect(script.hasBegun(output)).toBe(true);
  expect(script.read(output)).toEqual({
    output: `/a\n\u00ff'"$(x)\`|it's\n$HOME|its own input`,
    exitStatus: 7,
  });
});

test('has not ended where its end is not there', () => {
  const script = remoteScript('echo hello');
  const output = run(script);
  expect(script.read(output)?.output).toBe('hello\n');
  expect(script.read(output.slice(0, -10))).toBeNull();
  expect(script.hasBegun('Welcome\n')).toBe(false);
  expect(script.read('Welcome\n')).toBeNull();
});
