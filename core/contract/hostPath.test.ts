import { describe, expect, it } from 'vitest';
import {
  baseName,
  folderName,
  hostPathFromBytes,
  hostPathFromText,
  hostPathSchema,
  hostPathToBytes,
  hostPathToText,
} from './hostPath.ts';

describe('HostPath', () => {
  const hostile: readonly (readonly number[])[] = [
    [...new TextEncoder().encode('/data/plain name.sif')],
    [...new TextEncoder().encode('/it\'s "quoted"\n$(x) \\ back.sif')],
    [...new TextEncoder().encode('/Größe/日本/🧬.sif')],
    [...new TextEncoder().encode('/\u202egnp.fis')],
    [0x2f, 0xff, 0xfe, 0x41],
    [0x2f, 0xc3], // a sequence cut short
    [0x2f, 0xed, 0xa0, 0x80], // a surrogate half is not UTF-8
    [0x2f, 0x5c, 0x78, 0x34, 0x31], // the four characters \x41
  ];

  it.each(hostile)('turns any bytes into printable text and back (%#)', (...bytes) => {
    const path = hostPathFromBytes(Uint8Array.from(bytes));
    expect(hostPathSchema.safeParse(path).success).toBe(true);
    expect([...hostPathToBytes(path)]).toEqual(bytes);
  });

  it('leaves ordinary names as they are', () => {
    expect(hostPathFromText('/home/alice/Größe.sif')).toBe('/home/alice/Größe.sif');
  });

  it('shows what cannot be shown as escapes', () => {
    expect(hostPathFromBytes(Uint8Array.of(0x61, 0xff, 0x0a))).toBe('a\\xff\\x0a');
    expect(hostPathToText(hostPathFromBytes(Uint8Array.of(0x61, 0xff)))).toBeNull();
    expect(hostPathToText(hostPathFromText('a\nb'))).toBe('a\nb');
  });

  it('refuses text that is not escaped', () => {
    expect(hostPathSchema.safeParse('a\nb').success).toBe(false);
    expect(hostPathSchema.safeParse('a\\b').success).toBe(false);
  });

  it('takes paths apart', () => {
    expect(baseName(hostPathFromText('/a/b.sif'))).toBe('b.sif');
    expect(baseName(hostPathFromText('/a/b/'))).toBe('b');
    expect(folderName(hostPathFromText('/a'))).toBe('/');
    expect(folderName(hostPathFromText('a'))).toBe('.');
  });
});
