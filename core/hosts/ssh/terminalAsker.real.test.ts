import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { spawn } from 'node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'asker-'));
  const { code } = transformFileSync(join(import.meta.dirname, 'terminalAsker.ts'), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  await writeFile(join(folder, 'terminalAsker.mjs'), code);
  await writeFile(
    join(folder, 'ask.mjs'),
    `import { terminalAsker } from './terminalAsker.mjs';
const asker = terminalAsker();
const ask = (kind, text) => asker.ask({ hostId: 'x', kind, text, fingerprint: null }, new AbortController().signal);
const secret = await ask('secret', 'Password:');
const text = await ask('text', 'Login:');
const last = await ask('secret', 'Code:');
console.log(JSON.stringify([asker.canAsk, secret, text, last]));
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** Types each text when its prompt is there; resolves with the screen when the program ended. */
function dialogue(steps: readonly (readonly [string, string])[]): Promise<string> {
  // Neither its input nor its output is the terminal, as in a pipe.
  const words = `node ${folder}/ask.mjs </dev/null | cat`;
  const terminal = spawn('/bin/sh', ['-c', words], { name: 'dumb', cols: 80, rows: 24 });
  const waiting = [...steps];
  let screen = '';
  return new Promise((resolve) => {
    terminal.onData((data) => {
      screen += data;
      const [next] = waiting;
      if (next === undefined || !screen.endsWith(`${next[0]} `)) return;
      waiting.shift();
      terminal.write(next[1]);
    });
    terminal.onExit(() => resolve(screen));
  });
}

describe('asking on the terminal', () => {
  it('shows what may be seen, hides what may not, and lets a person correct and cancel', async () => {
    const screen = await dialogue([
      ['Password:', 's3cx\u007fret\r'],
      ['Login:', 'alic\u007fce\r'],
      ['Code:', '12\u0003'],
    ]);
    expect(screen).toContain('[true,"s3cret","alice",null]');
    expect(screen).toMatch(/^Password: \r+\nLogin: alic/);
    expect(screen).toMatch(/Code: \r+\n/);
  });
});
