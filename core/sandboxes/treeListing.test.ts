import { describe, expect, it } from 'vitest';
import { differingEntries, idFileName, measureOf, parseHashes, parseListing } from './treeListing.ts';

const listing = (...entries: readonly (readonly [facts: string, path: string, target?: string])[]) =>
  parseListing(
    Buffer.from(
      entries.map(([facts, path, target = '']) => `${facts}\0${path}\0${target}\0`).join(''),
      'latin1',
    ),
  );
const base = listing(
  ['d 4096 1.5 755 8 1000', 'etc'],
  ['f 10 1.5 644 8 1000', 'etc/hosts'],
  ['f 10 1.5 644 8 1000', 'etc/same'],
  ['f 10 1.5 755 8 1000', 'etc/mode'],
  ['l 4 1.5 777 0 1000', 'bin', 'usr/'],
  ['f 100 1.5 644 8 1000', 'gone'],
  ['f 5 1.5 644 8 100004', 'h\xf6stile\nname'],
);

describe('a listing of a tree', () => {
  it('keeps names as bytes, and leaves out what is ours and what was cut off', () => {
    expect(base.get('h\xf6stile\nname')).toMatchObject({ kind: 'f', sizeBytes: 5, owner: 100_004 });
    expect(listing(['f 36 1 600 8 0', idFileName]).size).toBe(0);
    expect(parseListing(Buffer.from('f 1 1 644 8 0\0etc/x\0')).size).toBe(0);
    expect(measureOf(base)).toEqual({ bytes: 6 * 8 * 512, files: 7 });
  });

  it('tells what was added, changed and removed, with what only contents can tell', () => {
    const now = listing(
      ['d 4096 9.0 755 8 1000', 'etc'],
      ['f 12 9.0 644 8 1000', 'etc/hosts'],
      ['f 10 9.0 644 8 1000', 'etc/same'],
      ['f 10 1.5 700 8 1000', 'etc/mode'],
      ['l 4 9.0 777 0 1000', 'bin', 'opt/'],
      ['f 5 1.5 644 8 100004', 'h\xf6stile\nname'],
      ['f 1000 9.0 644 8 1000', 'new'],
    );
    const { changes, doubtful, addedBytes } = differingEntries(base, now);
    expect(doubtful).toEqual(['etc/same']);
    expect(changes).toEqual([
      { path: '/bin', what: 'changed', sizeBytes: 0 },
      { path: '/etc/hosts', what: 'changed', sizeBytes: 12 },
      { path: '/etc/mode', what: 'changed', sizeBytes: 10 },
      { path: '/etc/same', what: 'changed', sizeBytes: 10 },
      { path: '/gone', what: 'removed', sizeBytes: 100 },
      { path: '/new', what: 'added', sizeBytes: 1000 },
    ]);
    expect(addedBytes).toBe(902);
    const paths = differingEntries(base, now, new Set(['etc/same'])).changes.map(({ path }) => path);
    expect(paths).not.toContain('/etc/same');
    expect(differingEntries(base, base).changes).toEqual([]);
  });

  it('shows a name that is not text as what it is', () => {
    const [change] = differingEntries(base, listing()).changes.filter(({ path }) => path.startsWith('/h'));
    expect(change?.path).toBe('/h\\xf6stile\\x0aname');
  });

  it('reads hashes of names with line ends', () => {
    const hash = 'ab'.repeat(32);
    const read = parseHashes(Buffer.from(`${hash}  ./a\nb\0${hash} *./c\0nonsense\0`, 'latin1'));
    expect([...read]).toEqual([
      ['a\nb', hash],
      ['c', hash],
    ]);
  });
});
