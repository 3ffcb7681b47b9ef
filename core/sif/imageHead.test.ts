import { describe, expect, it } from 'vitest';
import { describeImage, missingRanges, summariseImage } from './imageDescription.ts';
import { detailHeadBytes, type ImageHead, parseImageHead } from './imageHead.ts';

/** A row of the table of objects, as bytes are written; every field may be forged. */
interface Row {
  readonly type?: number;
  readonly id?: number;
  readonly used?: number;
  readonly group?: number;
  readonly link?: number;
  readonly offset?: bigint;
  readonly size?: bigint;
  readonly name?: string;
  readonly extra?: readonly number[];
  readonly extraText?: string;
}

interface Forgery {
  readonly version?: string;
  readonly architecture?: string;
  readonly uuid?: number;
  readonly created?: bigint;
  readonly free?: bigint;
  readonly total?: bigint;
  readonly tableOffset?: bigint;
  readonly tableSize?: bigint;
  readonly dataOffset?: bigint;
  readonly dataSize?: bigint;
  readonly rows?: readonly Row[];
  readonly texts?: readonly { readonly at: number; readonly text: string }[];
  readonly length?: number;
}

const tableAt = 4096;
const dataAt = 32_176;
const partitionAt = 36_864;

function forge(forgery: Forgery = {}): Uint8Array {
  const bytes = new Uint8Array(forgery.length ?? 40_960);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, '#!/usr/bin/env run-singularity\n');
  text(32, 'SIF_MAGIC\0');
  text(42, `${forgery.version ?? '01'}\0`);
  text(45, `${forgery.architecture ?? '02'}\0`);
  bytes.fill(forgery.uuid ?? 0xab, 48, 64);
  const numbers: readonly (readonly [number, bigint])[] = [
    [64, forgery.created ?? 1_700_000_000n],
    [72, 1_700_000_001n],
    [80, forgery.free ?? 45n],
    [88, forgery.total ?? 48n],
    [96, forgery.tableOffset ?? BigInt(tableAt)],
    [104, forgery.tableSize ?? 28_080n],
    [112, forgery.dataOffset ?? BigInt(dataAt)],
    [120, forgery.dataSize ?? 8784n],
  ];
  for (const [at, value] of numbers) view.setBigInt64(at, value, true);
  for (const [index, row] of (forgery.rows ?? ordinaryRows).entries()) {
    const at = tableAt + index * 585;
    view.setInt32(at, row.type ?? 0x4007, true);
    bytes[at + 4] = row.used ?? 1;
    view.setUint32(at + 5, row.id ?? index + 1, true);
    view.setUint32(at + 9, row.group ?? 0xf0000001, true);
    view.setUint32(at + 13, row.link ?? 0, true);
    view.setBigInt64(at + 17, row.offset ?? BigInt(dataAt + index * 64), true);
    view.setBigInt64(at + 25, row.size ?? 64n, true);
    text(at + 73, row.name ?? '');
    for (const [place, value] of (row.extra ?? []).entries())
      view.setInt32(at + 201 + place * 4, value, true);
    text(at + 201, row.extraText ?? '');
  }
  for (const { at, text: value } of forgery.texts ?? ordinaryTexts) text(at, value);
  return bytes;
}

const ordinaryRows: readonly Row[] = [
  { type: 0x4001, size: 100n, name: 'my.def' },
  { type: 0x4006, offset: BigInt(dataAt + 200), size: 300n, name: 'inspect-metadata.json' },
  { type: 0x4004, offset: BigInt(partitionAt), size: 4096n, extra: [1, 2, 0x3230] },
];
const ordinaryTexts = [
  { at: dataAt, text: 'Bootstrap: docker\nFrom: alpine:3.20\n' },
  {
    at: dataAt + 200,
    text: '{"data":{"attributes":{"labels":{"A":"b","org.label-schema.usage.singularity.version":"3.8.7"},"runscript":"#!/bin/sh"}},"type":"container"}',
  },
  { at: partitionAt, text: 'hsqs' },
];

const look = (bytes: Uint8Array, size = bytes.length) => parseImageHead(bytes, size);
const summarise = (bytes: Uint8Array) => summariseImage(look(bytes), [{ offset: 0, bytes }]);
const detail = (bytes: Uint8Array) => describeImage(look(bytes), [{ offset: 0, bytes }]);

function reasonOf(head: ImageHead): string {
  return head.kind === 'damaged' || head.kind === 'unknown' ? head.reason : `read as ${head.kind}`;
}

describe('an ordinary SIF', () => {
  it('gives a row and its details', () => {
    expect(summarise(forge())).toEqual({
      format: 'sif',
      createdAt: 1_700_000_000_000,
      architecture: 'amd64',
      source: 'docker://alpine:3.20',
      isSigned: false,
      isEncrypted: false,
      problem: null,
    });
    expect(detail(forge())).toMatchObject({
      definition: 'Bootstrap: docker\nFrom: alpine:3.20\n',
      runscript: '#!/bin/sh',
      madeBy: 'singularity 3.8.7',
      uuid: 'abababab-abab-abab-abab-abababababab',
      note: null,
      objects: [
        { type: 'Def.FILE', name: 'my.def' },
        { type: 'JSON.Generic' },
        { type: 'FS (Squashfs/*System/amd64)' },
      ],
    });
  });

  it('that is deterministic has neither time nor uuid', () => {
    const bytes = forge({ uuid: 0, created: -62_135_596_800n });
    expect(summarise(bytes)?.createdAt).toBeNull();
    expect(detail(bytes)?.uuid).toBeNull();
  });

  it('asks for what lies outside the first read, and no more', () => {
    const far = BigInt(200_000);
    const rows = [
      { type: 0x4001, offset: far, size: 100n },
      { type: 0x4004, offset: 300_032n, size: 4096n, extra: [1, 2, 0x3230] },
    ];
    const bytes = forge({
      rows,
      texts: [{ at: 200_000, text: 'Bootstrap: scratch\n' }],
      length: 400_000,
      dataSize: 300_000n,
    });
    const first = { offset: 0, bytes: bytes.subarray(0, detailHeadBytes) };
    const head = parseImageHead(first.bytes, bytes.length);
    expect(missingRanges(head, [first], 'row')).toEqual([{ offset: 200_000, length: 100 }]);
    expect(missingRanges(head, [first], 'detail')).toEqual([
      { offset: 200_000, length: 100 },
      { offset: 300_032, length: 96 },
    ]);
    const second = { offset: 200_000, bytes: bytes.subarray(200_000, 200_100) };
    expect(missingRanges(head, [first, second], 'row')).toEqual([]);
    expect(summariseImage(head, [first, second])?.source).toBe('scratch');
  });

  it('with a table longer than the first read is read on', () => {
    const bytes = forge({
      total: 4096n,
      free: 4093n,
      tableSize: 4096n * 585n,
      rows: [],
      length: 3_000_000,
      texts: [],
      dataOffset: 2_500_000n,
      dataSize: 10n,
    });
    expect(parseImageHead(bytes.subarray(0, 36_864), bytes.length)).toEqual({
      kind: 'needsMore',
      length: 4096 + 4096 * 585,
    });
    expect(look(bytes).kind).toBe('sif');
  });

  it('cut while being copied is told apart, and still gives its definition', () => {
    const whole = forge();
    const cut = whole.subarray(0, 38_000);
    expect(summarise(cut)).toMatchObject({
      format: 'damaged',
      source: 'docker://alpine:3.20',
      problem: 'Incomplete: 38.0 kB of 41.0 kB are there.',
    });
    expect(look(whole.subarray(0, 20_000))).toMatchObject({
      kind: 'damaged',
      code: 'image.truncated',
      expectedBytes: 32_176,
    });
    expect(look(whole.subarray(0, 60))).toMatchObject({ kind: 'damaged', code: 'image.truncated' });
  });
});

describe('a hostile header', () => {
  const huge = 2n ** 62n;
  const forgeries: readonly (readonly [string, Forgery, RegExp])[] = [
    ['another version', { version: '02' }, /version/],
    ['a negative number of objects', { total: -1n }, /negative/],
    ['millions of objects', { total: 3_000_000n, tableSize: 3_000_000n * 585n }, /3000000 objects/],
    ['a number that overflows', { total: huge }, /impossibly large/],
    ['a table that does not fit its number', { tableSize: 585n }, /does not fit/],
    ['more free places than places', { free: 49n }, /free/],
    ['a negative table', { tableOffset: -4096n }, /negative/],
    ['a table over the header', { tableOffset: 0n }, /overlaps the header/],
    ['a table beyond every file', { tableOffset: 2n ** 51n }, /impossibly far/],
    ['data beyond every file', { dataOffset: 2n ** 51n }, /impossibly large/],
    ['an object at a negative place', { rows: [{ offset: -1n }] }, /negative/],
    ['an object of negative size', { rows: [{ size: -64n }] }, /negative/],
    ['a huge object', { rows: [{ size: 2n ** 52n }] }, /impossibly large/],
    [
      'an object that ends beyond every number',
      { rows: [{ offset: 2n ** 53n - 1n, size: 2n ** 53n - 1n }] },
      /impossibly large/,
    ],
    ['objects that overlap', { rows: [{ size: 65n }, {}] }, /overlap/],
    ['an object over the table', { rows: [{ offset: 5000n }] }, /overlaps the header/],
    ['an object over the header', { rows: [{ offset: 0n }] }, /overlaps the header/],
    ['the same number twice', { rows: [{ id: 7 }, { id: 7 }] }, /same number/],
    ['an object without a number', { rows: [{ id: 0 }] }, /same number/],
  ];

  it.each(forgeries)('with %s is refused by name', (_, forgery, reason) => {
    const head = look(forge(forgery), 2 ** 49);
    expect(head).toMatchObject({ kind: 'damaged', code: 'image.hostileHeader' });
    expect(reasonOf(head)).toMatch(reason);
    expect(summariseImage(head, [])).toMatchObject({
      format: 'damaged',
      problem: expect.stringMatching(reason),
    });
    expect(describeImage(head, [])?.note).toMatch(reason);
  });

  it('has no power over names: they are shown escaped', () => {
    const bytes = forge({ rows: [{ name: '../../etc/passwd\u001b[31m\n' }] });
    expect(detail(bytes)?.objects[0]?.name).toBe('../../etc/passwd\\x1b[31m\\x0a');
  });

  it('with metadata that is not what it should be leaves it out', () => {
    const evil = (text: string) =>
      detail(forge({ texts: [{ at: dataAt + 200, text: text.padEnd(300, ' ') }] }));
    for (const text of ['{', '[]', '"x"', '{"data":[1]}', '{"data":null}', '\u0000\u0000'])
      expect(evil(text)).toMatchObject({
        labels: [],
        runscript: null,
        note: expect.stringContaining('damaged'),
      });
    const odd = evil(
      '{"data":{"attributes":{"labels":{"a":1,"b":{"c":2},"__proto__":"x","d":"y"},"runscript":7,"apps":{"p":3}}}}',
    );
    expect(odd?.labels).toEqual([
      { name: '__proto__', value: 'x' },
      { name: 'd', value: 'y' },
    ]);
    expect(odd).toMatchObject({ runscript: null, apps: [{ name: 'p', help: null, runscript: null }] });
  });

  it('with an object that nobody knows still lists it', () => {
    const bytes = forge({
      rows: [{ type: -5 }, { type: 0x4005, extra: [99] }, { type: 0x4004, extra: [77, 88, 0x3939] }],
    });
    expect(detail(bytes)?.objects.map(({ type }) => type)).toEqual([
      'Unknown (0xfffffffb)',
      'Signature (unknown 99)',
      'FS (unknown 77/unknown 88/unknown)',
    ]);
  });
});

describe('any bytes at all', () => {
  /** mulberry32: the same numbers in every run. */
  function seeded(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  function mutated(random: () => number): Uint8Array {
    const bytes = forge();
    const places = 1 + Math.floor(random() * 12);
    for (let place = 0; place < places; place += 1) {
      const near = random() < 0.5 ? 32 + random() * 96 : tableAt + random() * 585 * 3;
      const at = Math.floor(random() < 0.8 ? near : random() * bytes.length);
      bytes[at] = random() < 0.3 ? 0xff : Math.floor(random() * 256);
    }
    return random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
  }

  it('are read without throwing, and never ask for more than the file has', () => {
    const random = seeded(20_261_120);
    const kinds = new Set<string>();
    for (let round = 0; round < 4000; round += 1) {
      const bytes = mutated(random);
      const head = look(bytes);
      kinds.add(head.kind);
      const chunks = [{ offset: 0, bytes }];
      summariseImage(head, chunks);
      describeImage(head, chunks);
      for (const need of ['row', 'detail'] as const)
        for (const { offset, length } of missingRanges(head, [], need)) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
        }
      if (head.kind === 'needsMore') expect(head.length).toBeLessThanOrEqual(bytes.length);
    }
    expect([...kinds]).toEqual(expect.arrayContaining(['sif', 'damaged', 'unknown']));
  });
});

describe('other files', () => {
  const squashfs = (offset: number, prefix = '') => {
    const bytes = new Uint8Array(4096);
    bytes.set(new TextEncoder().encode(prefix));
    bytes.set(new TextEncoder().encode('hsqs'), offset);
    const view = new DataView(bytes.buffer, offset);
    view.setUint32(8, 1_600_000_000, true);
    view.setUint16(20, 4, true);
    view.setUint16(28, 4, true);
    return bytes;
  };
  const launch = '#!/usr/bin/env run-singularity\n';

  it('of Singularity 2 are known, plain or behind a launch line', () => {
    for (const bytes of [squashfs(0), squashfs(launch.length, launch), squashfs(launch.length + 1, launch)])
      expect(summarise(bytes)).toMatchObject({ format: 'squashfs', createdAt: 1_600_000_000_000 });
    expect(detail(squashfs(0))).toMatchObject({
      squashfs: { compression: 'xz', version: '4.0' },
      note: expect.stringContaining('old image'),
    });
    const ext3 = new Uint8Array(4096);
    ext3.set([0x53, 0xef], 1080);
    expect(summarise(ext3)).toMatchObject({ format: 'ext3' });
  });

  it.each([
    ['', /empty/],
    ['<!DOCTYPE html><html>', /web page/],
    ['#!/bin/sh\necho', /script/],
    ['Bootstrap: docker\n', /definition file/],
    ['\u001f\u008b', /first bytes/],
    ['SIF_MAGIC', /first bytes/],
  ])('are named for what they look like: %j', (text, reason) => {
    expect(reasonOf(look(new TextEncoder().encode(text)))).toMatch(reason);
    expect(summarise(new TextEncoder().encode(text))).toBeNull();
  });
});

describe('an OCI-SIF (from documentation, not run)', () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
  const texts = [
    { at: dataAt, text: JSON.stringify({ manifests: [{ digest: digest('a') }] }).padEnd(200) },
    { at: dataAt + 200, text: JSON.stringify({ config: { digest: digest('b') } }).padEnd(200) },
    {
      at: dataAt + 400,
      text: JSON.stringify({
        architecture: 'amd64',
        config: { Env: ['PATH=/bin', 'A=b'], Labels: { one: 'two' } },
      }).padEnd(200),
    },
  ];
  const rows: readonly Row[] = [
    { type: 0x400a, offset: BigInt(dataAt), size: 200n },
    { type: 0x400b, offset: BigInt(dataAt + 200), size: 200n, extraText: digest('a') },
    { type: 0x400b, offset: BigInt(dataAt + 400), size: 200n, extraText: digest('b') },
  ];

  it('is followed from index to configuration', () => {
    const bytes = forge({ rows, texts });
    expect(summarise(bytes)?.format).toBe('oci-sif');
    expect(detail(bytes)).toMatchObject({
      labels: [{ name: 'one', value: 'two' }],
      environment: [{ file: 'OCI config', text: 'PATH=/bin\nA=b' }],
      note: null,
    });
  });

  it('is asked for step by step when it lies outside the first read', () => {
    const bytes = forge({ rows, texts });
    const head = look(bytes);
    const chunks: { offset: number; bytes: Uint8Array }[] = [];
    const asked: number[] = [];
    for (
      let missing = missingRanges(head, chunks, 'detail');
      missing.length > 0;
      missing = missingRanges(head, chunks, 'detail')
    )
      for (const { offset, length } of missing) {
        asked.push(offset);
        chunks.push({ offset, bytes: bytes.subarray(offset, offset + length) });
      }
    expect(asked).toEqual([dataAt, dataAt + 200, dataAt + 400]);
    expect(describeImage(head, chunks)?.labels).toHaveLength(1);
  });
});
