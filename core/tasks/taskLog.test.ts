import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogBatch } from '#core/contract/tasks.ts';
import { TaskLog } from './taskLog.ts';

let folder: string;

async function batchesOf(log: TaskLog, from = 0): Promise<readonly LogBatch[]> {
  const batches: LogBatch[] = [];
  for await (const batch of log.follow(from, undefined)) batches.push(batch);
  return batches;
}

describe('the log of a task that says very much', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'task-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps its beginning and its end, in memory and in its file, with what is missing between', async () => {
    const file = join(folder, 'log');
    const log = new TaskLog(file);
    const said = 250_000;
    for (let line = 0; line < said; line += 1) {
      log.add('stdout', `line ${line}`, line + 1);
      if (line % 50_000 === 0) await log.flush();
    }
    await log.end();
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(145_000);

    for (const one of [log, await TaskLog.load(file)]) {
      expect(one.offset).toBe(said);
      const batches = await batchesOf(one);
      expect(batches.at(-1)?.ended).toBe(true);
      const numbered = batches.flatMap(({ from, lines }) =>
        lines.map(({ text, stream }, index) => ({ number: from + index, text, stream })),
      );
      const gap = numbered.filter(({ stream }) => stream === 'note');
      const kept = numbered.filter(({ stream }) => stream !== 'note');
      // Each line under its own number.
      expect(kept.every(({ number, text }) => text === `line ${number}`)).toBe(true);
      expect(kept.slice(0, 20_000).at(-1)?.number).toBe(19_999);
      expect(kept.at(-1)?.number).toBe(said - 1);
      expect(kept.length).toBeGreaterThanOrEqual(100_000);
      expect(kept.length).toBeLessThan(103_000);
      const missing = said - kept.length;
      expect(gap).toEqual([
        expect.objectContaining({
          number: 20_000 + missing - 1,
          text: expect.stringContaining(`${missing.toLocaleString('en')} lines are missing here`),
        }),
      ]);
      expect((await batchesOf(one, said - 2)).flatMap(({ lines }) => lines)).toHaveLength(2);
    }
  });
});
