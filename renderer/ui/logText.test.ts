import { describe, expect, it } from 'vitest';
import type { LogLine } from '#core/contract/tasks.ts';
import { createLogText, failedLogLine, lineTone } from './logText.ts';

function line(text: string, stream: LogLine['stream'] = 'stdout'): LogLine {
  return { at: 0, stream, text };
}

const logWith = (limits = {}) => createLogText((missing) => `${missing} missing`, limits);

function logOf(...texts: readonly string[]) {
  const log = logWith();
  log.take({ from: 0, lines: texts.map((text) => line(text)), ended: true });
  return log;
}

describe('a log that arrives', () => {
  it('goes on after a lost line without doubling', () => {
    const log = logWith();
    log.take({ from: 0, lines: [line('a'), line('b')], ended: false });
    log.take({ from: 1, lines: [line('b'), line('c')], ended: true });
    expect(log.whole()).toBe('a\nb\nc');
    expect(log.next()).toBe(3);
  });

  it('keeps the beginning and the end of an endless one', () => {
    const log = logWith({ limit: 10, first: 4 });
    const numbered = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => line(`${from + index}`));
    log.take({ from: 0, lines: numbered(0, 15), ended: false });
    expect(log.whole().split('\n')).toEqual(['0', '1', '2', '3', '6 missing', '10', '11', '12', '13', '14']);
    expect([log.count(), log.dropped(), log.find('missing')]).toEqual([10, 6, [4]]);
    log.take({ from: 15, lines: numbered(15, 18), ended: false });
    expect(log.whole().split('\n').slice(3, 6)).toEqual(['3', '9 missing', '13']);
    expect(failedLogLine(log, null)).toBeNull();
    log.take({ from: 18, lines: [line('ERROR: at the end')], ended: true });
    expect(failedLogLine(log, null)).toBe(9);
  });

  it('shows as one gap what core has left out', () => {
    const log = logWith({ limit: 10, first: 2 });
    log.take({ from: 0, lines: [line('0'), line('1')], ended: false });
    log.take({ from: 7, lines: [line('said by core', 'note'), line('8'), line('9')], ended: true });
    expect(log.whole()).toBe('0\n1\n6 missing\n8\n9');
    expect(log.next()).toBe(10);
  });

  it('is copied with its commands told apart', () => {
    const log = logWith();
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
