import { describe, expect, it } from 'vitest';
import { createFence } from './fence.ts';

const marker = 'f00dfeed';
const text = `noise\u001e\u001e${marker} B 1 2 3\u001fdata\u001e${marker} no\u001e${marker} E 0\u001ftail\u001e${marker}`;

/** What comes out when the text comes in pieces of a size. */
function through(size: number): { readonly data: string; readonly marks: readonly string[] } {
  let data = '';
  const marks: string[] = [];
  const fence = createFence(marker, {
    onData: (bytes) => {
      data += bytes.toString('latin1');
    },
    onMark: (words) => {
      marks.push(words.join(' '));
      data += '|';
    },
  });
  for (let at = 0; at < text.length; at += size) fence.add(Buffer.from(text.slice(at, at + size), 'latin1'));
  fence.end();
  return { data, marks };
}

describe('createFence', () => {
  it('takes marks out however the bytes are cut', () => {
    const whole = through(text.length);
    expect(whole.marks[0]).toBe('B 1 2 3');
    expect(whole.data.startsWith('noise\u001e|data')).toBe(true);
    expect(whole.data.endsWith(`tail\u001e${marker}`)).toBe(true);
    for (let size = 1; size < 40; size += 1) expect(through(size)).toEqual(whole);
  });

  it('passes on at once what cannot be the start of a mark', () => {
    const seen: string[] = [];
    const fence = createFence(marker, {
      onData: (bytes) => seen.push(bytes.toString('latin1')),
      onMark: () => undefined,
    });
    for (const piece of ['a', 'b\u001ex', '\u001e', 'y', `\u001e${marker.slice(0, 4)}`]) {
      fence.add(Buffer.from(piece, 'latin1'));
    }
    expect(seen).toEqual(['a', 'b\u001ex', '\u001ey']);
    fence.end();
    expect(seen.join('')).toBe(`ab\u001ex\u001ey\u001e${marker.slice(0, 4)}`);
  });
});
