import { describe, expect, it } from 'vitest';
import type { LogLine } from '#core/contract/tasks.ts';
import { applyLogBatch, emptyLog, logAsText, logLimit, plainLine } from './logText.ts';

function line(text: string, stream: LogLine['stream'] = 'stdout'): LogLine {
  return { at: 0, stream, text };
}

describe('a log line', () => {
  it.each([
    ['\u001b[34mINFO:   \u001b[0m Creating SIF file', 'INFO:    Creating SIF file'],
    ['\u001b]0;a title\u0007text', 'text'],
    ['\u001b]8;;http://example.org\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['10 %\r55 %\r100 %', '100 %'],
    ['windows line\r', 'windows line'],
    ['bell\u0007 and \u009b31mred', 'bell and 31mred'],
    ['cut short \u001b[3', 'cut short '],
    ['tab\tstays', 'tab\tstays'],
  ])('is shown as plain text: %j', (raw, shown) => {
    expect(plainLine(raw)).toBe(shown);
  });
});

describe('a log that arrives', () => {
  it('goes on after a lost line without doubling', () => {
    let view = applyLogBatch(emptyLog, { from: 0, lines: [line('a'), line('b')], ended: false });
    view = applyLogBatch(view, { from: 1, lines: [line('b'), line('c')], ended: true });
    expect(logAsText(view.lines)).toBe('a\nb\nc');
    expect(view.next).toBe(3);
  });

  it('keeps the end of an endless one', () => {
    const lines = Array.from({ length: logLimit + 5 }, (_, index) => line(String(index)));
    const view = applyLogBatch(emptyLog, { from: 0, lines, ended: false });
    expect(view.lines).toHaveLength(logLimit);
    expect(view.dropped).toBe(5);
    expect(view.lines.at(-1)?.text).toBe(String(logLimit + 4));
  });

  it('is copied with its commands told apart', () => {
    expect(logAsText([line('apptainer build', 'command'), line('done')])).toBe('$ apptainer build\ndone');
  });
});
