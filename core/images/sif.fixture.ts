const table = { offset: 4096, count: 48, rowBytes: 585 };
const dataAt = 32_768;

/**
 * The bytes of a small whole SIF, laid out as the runtime does (DOMAIN: global header 128 bytes, 48 descriptors of 585
 * bytes at 4096, definition at 32768, then a stand-in for the partition).
 */
export function smallSif(definition: string, architecture: 'amd64' | 'arm64' = 'amd64'): Uint8Array {
  const text = new TextEncoder().encode(definition);
  const partitionAt = dataAt + Math.ceil(text.length / 4096) * 4096;
  const partitionBytes = 4096;
  const bytes = new Uint8Array(partitionAt + partitionBytes);
  const view = new DataView(bytes.buffer);
  const code = architecture === 'amd64' ? '02' : '04';
  const ascii = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  const number = (at: number, value: number) => view.setBigInt64(at, BigInt(value), true);
  ascii(0, '#!/usr/bin/env run-singularity\n');
  ascii(32, 'SIF_MAGIC\0');
  ascii(42, '01\0');
  ascii(45, `${code}\0`);
  bytes[48] = 1;
  number(64, 1_700_000_000);
  number(72, 1_700_000_000);
  number(80, table.count - 2);
  number(88, table.count);
  number(96, table.offset);
  number(104, table.count * table.rowBytes);
  number(112, dataAt);
  number(120, bytes.length - dataAt);
  const row = (slot: number, type: number, place: { offset: number; size: number }) => {
    const at = table.offset + slot * table.rowBytes;
    view.setInt32(at, type, true);
    bytes[at + 4] = 1;
    view.setUint32(at + 5, slot + 1, true);
    view.setUint32(at + 9, 0xf0000001, true);
    number(at + 17, place.offset);
    number(at + 25, place.size);
    number(at + 33, place.size);
    return at + 201;
  };
  row(0, 0x4001, { offset: dataAt, size: text.length });
  const extra = row(1, 0x4004, { offset: partitionAt, size: partitionBytes });
  view.setInt32(extra, 1, true);
  view.setInt32(extra + 4, 2, true);
  ascii(extra + 8, `${code}\0`);
  bytes.set(text, dataAt);
  ascii(partitionAt, 'hsqs');
  return bytes;
}
