import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BuildProgress, buildStages, initialBuildProgress, reduceBuildProgress } from './progress.ts';
import { endOutput, feedOutput, initialOutput, type OutputEvent, stripAnsi } from './terminalOutput.ts';

const recorded = (name: string) =>
  readFileSync(new URL(`./__recorded__/apptainer-1.4.5/${name}`, import.meta.url));

function readAll(chunks: Iterable<string | Uint8Array>): readonly OutputEvent[] {
  let state = initialOutput;
  const events: OutputEvent[] = [];
  for (const chunk of chunks) {
    const fed = feedOutput(state, chunk);
    state = fed.state;
    events.push(...fed.events);
  }
  return [...events, ...endOutput(state)];
}

function pieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function progressOf(events: readonly OutputEvent[]): readonly BuildProgress[] {
  let progress = initialBuildProgress;
  return events.map((event) => {
    progress = reduceBuildProgress(progress, event);
    return progress;
  });
}

const files = [
  'pty-build-v.txt',
  'pty-docker-build-v.txt',
  'pty-docker-pull.txt',
  'pty-oras-pull.txt',
  'pipe-build-v.txt',
];

describe('recorded output of apptainer 1.4.5', () => {
  it.each(files)('says the same however it is cut: %s', (name) => {
    const whole = recorded(name);
    const events = readAll([whole]);
    for (const size of [1, 2, 3, 7, 64, 1000]) expect(readAll(pieces(whole, size))).toEqual(events);
    expect(readAll([...whole.toString('utf8')])).toEqual(events);
  });

  it('of a build tells its messages without colours, and the bar once a step', () => {
    const events = readAll([recorded('pty-docker-build-v.txt')]);
    const messages = events.flatMap((one) => (one.type === 'line' && one.level === 'info' ? [one.text] : []));
    expect(messages).toEqual([
      'Starting build...',
      'Fetching OCI image...',
      'Extracting OCI image...',
      'Inserting Apptainer configuration...',
      'Creating SIF file...',
      'Build complete: /home/alice/images/py.sif',
    ]);
    const bars = events.flatMap((one) => (one.type === 'squash' ? [one.done] : []));
    expect(bars.at(-1)).toBe(8936);
    expect(bars).toEqual([...new Set(bars)]);
    expect(events.some((one) => one.type === 'line' && one.text !== stripAnsi(one.text))).toBe(false);
  });

  it('of a download sums up the bars of all layers', () => {
    const downloads = readAll([recorded('pty-docker-build-v.txt')]).filter((one) => one.type === 'download');
    const mebibytes = 2.1 + 11.1 + 4 + 45.6 + 21.6;
    expect(downloads.at(-1)?.totalBytes).toBeCloseTo(mebibytes * 1024 * 1024, -3);
    expect(downloads.at(-1)?.doneBytes).toBe(downloads.at(-1)?.totalBytes);
    const one = readAll([recorded('pty-oras-pull.txt')]).filter((event) => event.type === 'download');
    expect(one[0]).toEqual({
      type: 'download',
      doneBytes: Math.round(1.9 * 1048576),
      totalBytes: Math.round(93.1 * 1048576),
    });
  });

  it.each(files)('never lets the progress go back: %s', (name) => {
    const steps = progressOf(readAll([recorded(name)]));
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before === undefined) continue;
      const order = buildStages.indexOf(step.stage) - buildStages.indexOf(before.stage);
      expect(order).toBeGreaterThanOrEqual(0);
      if (order === 0) expect(step.fraction ?? 0).toBeGreaterThanOrEqual(before.fraction ?? 0);
    }
  });

  it('of a build goes through its stages to the end', () => {
    const stages = progressOf(readAll([recorded('pty-docker-build-v.txt')])).map(({ stage }) => stage);
    expect([...new Set(stages)]).toEqual(['start', 'fetch', 'extract', 'configure', 'squash', 'done']);
    const beforeEnd = progressOf(readAll([recorded('pty-build-v.txt')])).filter(
      ({ stage }) => stage === 'squash',
    );
    expect(beforeEnd.at(-1)?.fraction).toBe(1);
    expect(beforeEnd[0]?.fraction).toBeNull();
  });
});

describe('a log line', () => {
  it.each([
    ['INFO:    text', 'info', 'text'],
    ['\u001b[31mFATAL:  \u001b[0m it failed', 'fatal', 'it failed'],
    ['\u001b[91mERROR  : from the starter\u001b[0m', 'error', 'from the starter'],
    ['WARNING: careful', 'warning', 'careful'],
    ['DEBUG   [U=1101,P=123]  main()  text', 'debug', '[U=1101,P=123]  main()  text'],
    ['INFORMATION: mine', null, 'INFORMATION: mine'],
    ['  ERROR: indented, so of the program', null, '  ERROR: indented, so of the program'],
    ['+ apt-get install', null, '+ apt-get install'],
  ])('has a level where it is the runtime’s: %j', (line, level, text) => {
    expect(readAll([`${line}\n`])).toEqual([{ type: 'line', level, text }]);
  });

  it.each([
    ['\u001b[32mok\u001b[0m done', 'ok done', '\u001b[32mok\u001b[0m done'],
    ['\u001b[2K\u001b[1mbold\u001b]0;title\u0007\u0007', 'bold', '\u001b[1mbold'],
  ])('of a program keeps its colours, and no other sequence: %j', (line, text, coloured) => {
    expect(readAll([`${line}\n`])).toEqual([{ type: 'line', level: null, text, coloured }]);
  });

  it('keeps characters that were cut in two, and replaces what is not UTF-8', () => {
    const bytes = new TextEncoder().encode('Größe 🧬\n');
    expect(readAll(pieces(bytes, 1))).toEqual([{ type: 'line', level: null, text: 'Größe 🧬' }]);
    expect(readAll([Uint8Array.of(0x41, 0xff, 0xc3), Uint8Array.of(0x42, 0x0a)])).toEqual([
      { type: 'line', level: null, text: 'A\ufffd\ufffdB' },
    ]);
  });

  it('that never ends is told in pieces', () => {
    const events = readAll(Array.from({ length: 30 }, () => 'x'.repeat(10_000)));
    const lengths = events.map((one) => (one.type === 'line' ? one.text.length : 0));
    expect(lengths.reduce((sum, one) => sum + one)).toBe(300_000);
    expect(Math.max(...lengths)).toBeLessThan(80_000);
  });

  it('that is the last one needs no line end', () => {
    expect(readAll(['one\r\ntwo'])).toEqual([
      { type: 'line', level: null, text: 'one' },
      { type: 'line', level: null, text: 'two' },
    ]);
  });
});

describe('stripAnsi', () => {
  it.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b]0;unended\nnext', '\nnext'],
    ['a\u001b[2Kb\u001b(Bc\u001b=d', 'abcd'],
    ['\u001b[', ''],
    ['\u001b', ''],
    ['tab\tand\nline\r\u0000\u0008', 'tab\tand\nline'],
  ])('takes escapes out of %j', (text, plain) => {
    expect(stripAnsi(text)).toBe(plain);
  });
});
