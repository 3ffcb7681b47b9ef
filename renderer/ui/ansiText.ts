import { showControls } from './hostileText.ts';

/** A stretch of a line in one look. */
export interface TextSpan {
  readonly text: string;
  /** Colour in CSS; null for the log's own ink. */
  readonly colour: string | null;
  readonly isBold: boolean;
}

// CSI; OSC, DCS and other strings; further escapes; control characters but tab: ECMA-48.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  /\u001b\[[0-?]*[ -/]*[@-~]?|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour sequence begins with a control character
const colourSequence = /^\u001b\[([\d;:]*)m$/;

/** Of an overwritten line what was last on it. */
function lastDrawn(raw: string): string {
  return raw.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}

/** A line as text: colours and cursor movements out, what could deceive shown as escapes. */
export function plainLine(raw: string): string {
  return showControls(lastDrawn(raw).replace(escapes, ''));
}

interface Look {
  readonly colour: string | null;
  readonly isBold: boolean;
}

const plainLook: Look = { colour: null, isBold: false };

/**
 * A line in its colours: the 16 and the 256 foreground colours and bold count (ECMA-48, SGR), everything else is taken
 * out, so that nothing is hidden or moved. The texts joined are what `plainLine` gives.
 */
export function ansiSpans(raw: string): readonly TextSpan[] {
  const drawn = lastDrawn(raw);
  const spans: TextSpan[] = [];
  let look = plainLook;
  let end = 0;
  const add = (piece: string) => {
    if (piece === '') return;
    const last = spans.at(-1);
    const text = showControls(piece);
    if (last !== undefined && last.colour === look.colour && last.isBold === look.isBold)
      spans[spans.length - 1] = { ...last, text: last.text + text };
    else spans.push({ text, ...look });
  };
  for (const found of drawn.matchAll(escapes)) {
    add(drawn.slice(end, found.index));
    end = found.index + found[0].length;
    const colours = colourSequence.exec(found[0]);
    if (colours !== null) look = lookAfter(look, colours[1] ?? '');
  }
  add(drawn.slice(end));
  return spans;
}

function lookAfter(before: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let look = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const length = codes[at + 1] === 5 ? 2 : codes[at + 1] === 2 ? 4 : 0;
      if (code === 38 && length === 2) look = { ...look, colour: colourOf(codes[at + 2]) };
      at += length;
    } else look = lookOf(look, code);
  }
  return look;
}

function lookOf(look: Look, code: number): Look {
  if (code === 0) return plainLook;
  if (code === 1) return { ...look, isBold: true };
  if (code === 22) return { ...look, isBold: false };
  if (code === 39) return { ...look, colour: null };
  if (code >= 30 && code <= 37) return { ...look, colour: colourOf(code - 30) };
  if (code >= 90 && code <= 97) return { ...look, colour: colourOf(code - 82) };
  return look;
}

/** Of the 256 colours: 16 of our own, a cube of six steps a side, and greys. Dark ones are lightened until they can be read. */
function colourOf(index: number | undefined): string | null {
  if (index === undefined || !Number.isInteger(index) || index < 0 || index > 255) return null;
  if (index < 16) return `var(--ansi-${index})`;
  const channels =
    index >= 232
      ? [0, 0, 0].map(() => 8 + (index - 232) * 10)
      : [36, 6, 1].map((weight) => cubeStep(Math.floor((index - 16) / weight) % 6));
  return readable(channels);
}

function cubeStep(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}

/** Relative luminance (WCAG 2) that stands 4.5:1 against the log's ground, #0f1216 in both themes. */
const enoughLuminance = 0.205;

function readable(channels: readonly number[]): string {
  let shown = channels;
  while (luminance(shown) < enoughLuminance) shown = shown.map((channel) => channel + (255 - channel) * 0.15);
  return `rgb(${shown.map(Math.round).join(' ')})`;
}

function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A stretch of a line, and whether it is what is searched for. */
export interface MarkedSpan extends TextSpan {
  readonly isFound: boolean;
}

/** Spans cut where the wanted text (in small letters) begins and ends. */
export function markedSpans(spans: readonly TextSpan[], wanted: string): readonly MarkedSpan[] {
  const whole = spans.map(({ text }) => text).join('');
  const small = whole.toLowerCase();
  // Few letters are longer in small: then places are not the same, and nothing is marked.
  if (wanted === '' || small.length !== whole.length)
    return spans.map((span) => ({ ...span, isFound: false }));
  const marked: MarkedSpan[] = [];
  let offset = 0;
  let found = small.indexOf(wanted);
  for (const span of spans) {
    const end = offset + span.text.length;
    let at = offset;
    while (found >= 0 && found < end) {
      const stop = Math.min(end, found + wanted.length);
      const start = Math.max(at, found);
      if (start > at) marked.push({ ...span, text: whole.slice(at, start), isFound: false });
      marked.push({ ...span, text: whole.slice(start, stop), isFound: true });
      at = stop;
      if (found + wanted.length > end) break;
      found = small.indexOf(wanted, found + wanted.length);
    }
    if (at < end) marked.push({ ...span, text: whole.slice(at, end), isFound: false });
    offset = end;
  }
  return marked;
}
