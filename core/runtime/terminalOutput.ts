/** What a runtime writes to a terminal or a pipe, taken apart: log lines and progress bars. */
export type OutputEvent =
  /**
   * A whole line without escape sequences. `level` is null for text that is not the runtime's own log; where that has
   * colours, `coloured` is it with them, and with no other sequences.
   */
  | {
      readonly type: 'line';
      readonly level: LogLevel | null;
      readonly text: string;
      readonly coloured?: string;
    }
  /** mksquashfs: blocks done of blocks to do. */
  | { readonly type: 'squash'; readonly done: number; readonly total: number }
  /** The download bars of the runtime, summed up. Rounded by it to tenths of its unit. */
  | { readonly type: 'download'; readonly doneBytes: number; readonly totalBytes: number };

type LineEvent = Extract<OutputEvent, { type: 'line' }>;

export type LogLevel = 'fatal' | 'error' | 'warning' | 'log' | 'info' | 'verbose' | 'debug';

interface Bar {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Where the reading stands between two chunks. */
export interface OutputState {
  /** The line that has not ended yet, escape sequences and all. */
  readonly pending: string;
  /** First bytes of a character that was cut in two. */
  readonly cut: Uint8Array;
  /** The last bar that was told, to tell each only once. */
  readonly told: string;
  /** Download bars of the frame on the screen, and which one comes next. */
  readonly bars: readonly Bar[];
  readonly nextBar: number;
}

export const initialOutput: OutputState = {
  pending: '',
  cut: new Uint8Array(),
  told: '',
  bars: [],
  nextBar: 0,
};

/** A program that never ends its line must not fill the memory: longer lines are told in pieces. */
const longestLine = 65_536;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Escape sequences of ECMA-48, and the control characters that are left. Unended ones go to the end of the line. */
const controlSequence = '\\u001b\\[[0-?]*[ -/]*(?:[@-~]|$)';
const commandString = '\\u001b[\\]PX^_][^\\u0007\\u001b\\n]*(?:\\u0007|\\u001b\\\\|(?=\\n)|$)';
const otherEscape = '\\u001b[ -/]*(?:[0-~]|$)';
const controlCharacter = '[\\u0000-\\u0008\\u000b-\\u001f\\u007f]';
const escapeSequence = new RegExp(
  [controlSequence, commandString, otherEscape, controlCharacter].join('|'),
  'g',
);

/** Text without escape sequences and control characters; tabs and line ends stay, carriage returns go. */
export function stripAnsi(text: string): string {
  return text.replaceAll(escapeSequence, '');
}

/**
 * The next chunk of output, cut anywhere (in the middle of a line, an escape sequence or a character) → what it
 * completes. Give bytes or text, but not both to one state.
 */
export function feedOutput(
  state: OutputState,
  chunk: string | Uint8Array,
): { readonly state: OutputState; readonly events: readonly OutputEvent[] } {
  const { text, cut } =
    typeof chunk === 'string' ? { text: chunk, cut: state.cut } : decodeChunk(state.cut, chunk);
  const events: OutputEvent[] = [];
  let next: OutputState = { ...state, cut, pending: '' };
  const segments = segmentsOf(state.pending + text);
  const pending = segments.pop() ?? '';
  for (const segment of segments) next = readSegment(next, segment, events);
  if (pending.length > longestLine) return { state: readSegment(next, pending, events), events };
  const bar = squashBar(pending);
  if (bar !== null) next = tellOnce(next, bar, events);
  return { state: { ...next, pending }, events };
}

/** The end of the output: a last line without a line end. */
export function endOutput(state: OutputState): readonly OutputEvent[] {
  const events: OutputEvent[] = [];
  readSegment(state, state.pending, events);
  return events;
}

/** Lines and overwritten lines, without their ends; the last one has not ended. A CR at the very end may belong to a LF. */
function segmentsOf(text: string): string[] {
  const held = text.endsWith('\r') ? '\r' : '';
  const segments = text.slice(0, text.length - held.length).split(/\r*\n|\r+/);
  segments.push(`${segments.pop() ?? ''}${held}`);
  return segments;
}

function readSegment(state: OutputState, segment: string, events: OutputEvent[]): OutputState {
  const frame = startsFrame(segment) ? { ...state, nextBar: 0 } : state;
  const text = stripAnsi(segment);
  const squash = squashBar(segment);
  if (squash !== null) return tellOnce(frame, squash, events);
  const bar = downloadBar(text);
  if (bar !== null) return tellDownload(frame, bar, events);
  if (text.trim() !== '') events.push(withColours(logLine(text), segment));
  return frame;
}

/** The bars of a frame are drawn again after the cursor went up. */
function startsFrame(segment: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequence is what is looked for
  return /\u001b\[\d+A/.test(segment);
}

function tellOnce(state: OutputState, event: OutputEvent, events: OutputEvent[]): OutputState {
  const told = JSON.stringify(event);
  if (told === state.told) return state;
  events.push(event);
  return { ...state, told };
}

function tellDownload(state: OutputState, bar: Bar, events: OutputEvent[]): OutputState {
  const bars = [...state.bars];
  bars[state.nextBar] = bar;
  const sum = (field: keyof Bar) => bars.reduce((total, one) => total + one[field], 0);
  const event: OutputEvent = { type: 'download', doneBytes: sum('doneBytes'), totalBytes: sum('totalBytes') };
  return tellOnce({ ...state, bars, nextBar: state.nextBar + 1 }, event, events);
}

/** `[==/   ]   98/6671   1%` */
function squashBar(segment: string): OutputEvent | null {
  const found = /^\[[=\-\\|/ ]*\]\s+(\d+)\/(\d+)\s+\d+%\s*$/.exec(stripAnsi(segment));
  return found === null ? null : { type: 'squash', done: Number(found[1]), total: Number(found[2]) };
}

/** `1.9MiB / 93.1MiB [>---] 2 % 11.7 MiB/s 7s` */
function downloadBar(text: string): Bar | null {
  const found = /^\s*([\d.]+) ?([kKMGTP]?i?[bB]) \/ ([\d.]+) ?([kKMGTP]?i?[bB]) \[[=>-]*\] +\d+ %/.exec(text);
  if (found === null) return null;
  const [, done = '', doneUnit = '', total = '', totalUnit = ''] = found;
  return { doneBytes: bytesOf(done, doneUnit), totalBytes: bytesOf(total, totalUnit) };
}

function bytesOf(value: string, unit: string): number {
  const power = ['', 'K', 'M', 'G', 'T', 'P'].indexOf(unit.replace(/i?[bB]$/, '').toUpperCase());
  return Math.round(Number(value) * (unit.includes('i') ? 1024 : 1000) ** Math.max(0, power));
}

const levels: readonly LogLevel[] = ['fatal', 'error', 'warning', 'log', 'info', 'verbose', 'debug'];

/** `INFO:    text`, of the C starter `ERROR  : text`, of debugging `DEBUG   [U=0,P=1]  function()  text`. */
function logLine(text: string): LineEvent {
  const found = /^(FATAL|ERROR|WARNING|LOG|INFO|VERBOSE|DEBUG)\s*(?::|(?=\[U=\d))\s*(.*)$/.exec(text);
  const level = levels.find((one) => one.toUpperCase() === found?.[1]) ?? null;
  return level === null
    ? { type: 'line', level, text: text.trimEnd() }
    : { type: 'line', level, text: (found?.[2] ?? '').trimEnd() };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour sequence begins with a control character
const colourSequence = /^\u001b\[[\d;:]*m$/;

function withColours(event: LineEvent, segment: string): OutputEvent {
  if (event.level !== null || !segment.includes('\u001b[')) return event;
  const coloured = segment
    .replaceAll(escapeSequence, (sequence) => (colourSequence.test(sequence) ? sequence : ''))
    .trimEnd();
  return coloured === event.text ? event : { ...event, coloured };
}

/** Bytes → text, keeping back the bytes of a character that is not whole yet. */
function decodeChunk(
  cut: Uint8Array,
  chunk: Uint8Array,
): { readonly text: string; readonly cut: Uint8Array } {
  const bytes = new Uint8Array(cut.length + chunk.length);
  bytes.set(cut);
  bytes.set(chunk, cut.length);
  const whole = bytes.length - unfinishedLength(bytes);
  return { text: decoder.decode(bytes.subarray(0, whole)), cut: bytes.slice(whole) };
}

/** How many bytes at the end begin a UTF-8 sequence that is longer than what is there. */
function unfinishedLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
    if (byte < 0x80) return 0;
  }
  return 0;
}
