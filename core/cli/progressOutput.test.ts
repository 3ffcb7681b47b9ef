import { expect, test } from 'vitest';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Progress, Task } from '#core/contract/tasks.ts';
import { progressOutput } from './progressOutput.ts';

const progress: Progress = {
  phase: 'download',
  fraction: 0.11,
  text: '',
  bytes: null,
  bytesPerSecond: null,
  secondsLeft: null,
  parts: [],
};

function task(change: Partial<Progress>): Task {
  return {
    id: taskIdSchema.parse('abcdefgh'),
    kind: 'image.pull',
    hostId: localHostId,
    title: 'docker://alpine',
    target: null,
    createdAt: 0,
    startedAt: 0,
    endedAt: null,
    status: { state: 'running', progress: { ...progress, ...change } },
    byHand: null,
    isForeign: false,
    canRetry: false,
  };
}

function outputs(terminal: { isTTY?: boolean; columns?: number } = {}) {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    ...terminal,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return { written, stdout: output('stdout'), stderr: output('stderr') };
}

test('a log gets a line for each phase and each tenth, and no control characters', () => {
  const { written, ...out } = outputs();
  const shown = progressOutput(out, {});
  for (const fraction of [0.11, 0.12, 0.19, 0.2, 0.25]) shown.show(task({ fraction }));
  shown.show(task({ phase: 'convert', fraction: null }));
  shown.end();
  expect(written).toEqual({
    stdout: '',
    stderr: 'Downloading  11 %\nDownloading  20 %\nConverting to SIF\n',
  });
});

test('a terminal gets a block that is drawn over, and is gone at the end', () => {
  const { written, ...out } = outputs({ isTTY: true, columns: 80 });
  const shown = progressOutput(out, {});
  shown.show(task({}));
  shown.show(task({ fraction: 0.5 }));
  shown.end();
  const over = '\u001b[1A\u001b[0J';
  expect(written.stderr).toBe(`Downloading  11 %\n${over}Downloading  50 %\n${over}`);
});

test('a terminal that does not know its size still shows whole lines', () => {
  const { written, ...out } = outputs({ isTTY: true, columns: 0 });
  progressOutput(out, {}).show(task({}));
  expect(written.stderr).toBe('Downloading  11 %\n');
});

test('with --json each step is a JSON line on standard output', () => {
  const { written, ...out } = outputs({ isTTY: true, columns: 80 });
  const shown = progressOutput(out, { json: true });
  shown.show(task({}));
  shown.show(task({ fraction: 0.5 }));
  shown.end();
  const lines = written.stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).fraction)).toEqual([0.11, 0.5]);
  expect(written.stderr).toBe('');
});
