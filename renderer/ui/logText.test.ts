import { describe, expect, it } from 'vitest';
import type { LogLine } from '#core/contract/tasks.ts';
import { createLogText, failedLogLine, lineTone } from './logText.ts';

function line(text: string, stream: LogLine['stream'] = 'stdout'): LogLine {
  return { at: 0, stream, text };
}

function logOf(...texts: readonly string[]) {
  const log = createLogText();
  log.take({ from: 0, lines: texts.map((text) => line(text)), ended: true });
  return log;
}

describe('a log that arrives', () => {
  it('goes on after a lost line without doubling', () => {
    const log = createLogText();
    log.take({ from: 0, lines: [line('a'), line('b')], ended: false });
    log.take({ from: 1, lines: [line('b'), line('c')], ended: true });
    expect(log.whole()).toBe('a\nb\nc');
    expect(log.next()).toBe(3);
  });

  it('keeps the end of an endless one', () => {
    const log = createLogText(10);
    log.take({ from: 0, lines: Array.from({ length: 15 }, (_, index) => line(`${index}`)), ended: false });
    expect([log.count(), log.dropped(), log.textAt(9)]).toEqual([10, 5, '14']);
  });

  it('is copied with its commands told apart', () => {
    const log = createLogText();
    log.take({ from: 0, lines: [line('apptainer build', 'command'), line('done')], ended: true });
    expect(log.whole()).toBe('$ apptainer build\ndone');
  });
});

describe('a search in the log', () => {
  it('finds lines whatever the case and colour, and goes on with what comes', () => {
    const log = logOf('\u001b[31mErr\u001b[0mor one', 'nothing', 'ERROR two');
    expect(log.find('error')).toEqual([0, 2]);
    log.take({ from: 3, lines: [line('an error more')], ended: true });
    expect(log.find('error')).toEqual([0, 2, 3]);
    expect(log.find('two')).toEqual([2]);
    expect(log.find('')).toEqual([]);
  });
});

describe('the line that failed', () => {
  it('is where the shell traced the command, the last time', () => {
    const log = logOf('+ cat /missing', 'fine', '++ cat /missing', 'cat: no', 'FATAL:   ended with 1');
    expect(failedLogLine(log, 'cat /missing')).toBe(2);
  });

  it('is the last word of the runtime where no command is known', () => {
    expect(failedLogLine(logOf('ERROR: a', 'FATAL:   b', 'more'), null)).toBe(1);
    expect(failedLogLine(logOf('FATAL:   b', 'more'), 'not traced')).toBe(0);
    expect(failedLogLine(logOf('fine'), null)).toBeNull();
  });
});

it.each([
  ['FATAL:   it ended', 'bad'],
  ['ERROR  : of the starter', 'bad'],
  ['WARNING: careful', 'warn'],
  ['+ make', 'trace'],
  ['INFO:    fine', null],
  ['  ERROR: of a program', null],
])('the first word gives a line its tone: %j', (text, tone) => {
  expect(lineTone(text)).toBe(tone);
});
