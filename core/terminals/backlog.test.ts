import { describe, expect, it } from 'vitest';
import { Backlog } from './backlog.ts';

const bytes = (text: string) => Buffer.from(text);
const text = (data: Uint8Array) => Buffer.from(data).toString();

describe('Backlog', () => {
  it('gives back what was put in, step by step', () => {
    const backlog = new Backlog();
    backlog.append(bytes('ab'), true);
    backlog.append(bytes('cd'), true);
    backlog.append(bytes('ef'), false);
    backlog.appendResize({ columns: 10, rows: 5 });
    backlog.append(bytes('gh'), false);
    expect(backlog.length).toBe(8);
    expect(backlog.first).toEqual({ kind: 'bytes', length: 4, isAnsweredElsewhere: true });
    expect(text(backlog.view())).toBe('abcdef');
    expect(text(backlog.take(3))).toBe('abc');
    backlog.drop(2);
    expect(backlog.first).toEqual({ kind: 'bytes', length: 1, isAnsweredElsewhere: false });
    backlog.prepend(bytes('x'));
    expect(text(backlog.view())).toBe('xf');
    backlog.drop(2);
    expect(backlog.first?.kind).toBe('resize');
    backlog.takeResize();
    expect(text(backlog.take(2))).toBe('gh');
    expect([backlog.length, backlog.first]).toEqual([0, undefined]);
  });

  it('keeps its contents while they move through the memory', () => {
    const backlog = new Backlog();
    const source = Buffer.from(Uint8Array.from({ length: 1_200_000 }, (_, index) => (index * 7919) % 251));
    const out: Uint8Array[] = [];
    let put = 0;
    for (let round = 0; put < source.length; round += 1) {
      const length = 1000 + (round % 7) * 500;
      backlog.append(source.subarray(put, put + length), true);
      put += length;
      out.push(backlog.take(Math.min(backlog.length, 500 + (round % 11) * 300)));
    }
    out.push(backlog.take(backlog.length));
    expect(Buffer.concat(out).equals(source)).toBe(true);
  });

  it('cannot put back more than was dropped', () => {
    const backlog = new Backlog();
    backlog.append(bytes('abc'), true);
    backlog.drop(1);
    expect(() => backlog.prepend(bytes('xyz'))).toThrow(RangeError);
  });
});
