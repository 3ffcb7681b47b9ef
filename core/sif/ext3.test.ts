import { expect, it } from 'vitest';
import { parseExt3 } from './ext3.ts';

/** As `overlay create --size 64` of Apptainer 1.4.5 makes one: 65536 blocks of 1 KiB, 56007 of them free. */
function superblock(change: (view: DataView) => void = () => undefined): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 65_536, true);
  view.setUint32(12, 56_007, true);
  view.setUint16(56, 0xef53, true);
  view.setUint16(58, 1, true);
  change(view);
  return bytes;
}

it('reads size, use and state of a file system', () => {
  expect(parseExt3(superblock())).toEqual({ sizeBytes: 67_108_864, usedBytes: 9_757_696, isClean: true });
  expect(parseExt3(superblock((view) => view.setUint16(58, 0, true)))?.isClean).toBe(false);
  expect(parseExt3(superblock((view) => view.setUint32(96, 0x4, true)))?.isClean).toBe(false);
});

it('believes no nonsense', () => {
  expect(parseExt3(superblock((view) => view.setUint16(56, 0, true)))).toBeNull();
  expect(parseExt3(superblock((view) => view.setUint32(24, 60, true)))).toBeNull();
  expect(parseExt3(superblock().subarray(0, 100))).toBeNull();
  expect(parseExt3(superblock((view) => view.setUint32(12, 99_999, true)))?.usedBytes).toBe(0);
  const huge = (view: DataView) => {
    view.setUint32(96, 0x80, true);
    view.setUint32(0x150, 0xffff_ffff, true);
  };
  expect(parseExt3(superblock(huge))).toBeNull();
});
