import { describe, expect, it } from 'vitest';
import { OutputBuffers } from './outputBuffers.ts';

const capacity = 64 * 1024;
const piece = (byte: number, length: number) => new Uint8Array(length).fill(byte);

describe('OutputBuffers', () => {
  it('does not touch a batch before all its holders have released it', () => {
    const buffers = new OutputBuffers(capacity);
    buffers.fill(piece(1, 20_000));
    const first = buffers.finish(2);
    buffers.release(first);
    buffers.fill(piece(2, 20_000));
    const second = buffers.finish(1);
    expect(second.bytes.buffer).not.toBe(first.bytes.buffer);
    expect(first.bytes).toEqual(piece(1, 20_000));
    buffers.release(first);
    buffers.fill(piece(3, 20_000));
    expect(buffers.finish(1).bytes.buffer).toBe(first.bytes.buffer);
    expect(second.bytes).toEqual(piece(2, 20_000));
  });

  it('gives small batches memory of exactly their size', () => {
    const buffers = new OutputBuffers(capacity);
    buffers.fill(piece(1, 10));
    const batch = buffers.finish(1);
    expect([batch.bytes.length, batch.bytes.buffer.byteLength]).toEqual([10, 10]);
    buffers.release(batch);
  });

  it('says how much fitted', () => {
    const buffers = new OutputBuffers(capacity);
    expect(buffers.fill(piece(1, 60_000))).toBe(60_000);
    expect(buffers.fill(piece(2, 60_000))).toBe(capacity - 60_000);
    expect(buffers.length).toBe(capacity);
  });
});
