import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { joinLines, parentOf, parseChanges, parseRecord, shownPath, splitLines } from './syncRecord.ts';

const codeOf = (record: string) => {
  try {
    parseRecord(record);
    return 'taken';
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.report.code : String(thrown);
  }
};

describe('a line of a listing', () => {
  it('holds any name and target', () => {
    const path = `a\n/\tb\xff/it's`;
    expect(parseRecord(`/${path}//f 4755 12 -5.1234567890 `)).toMatchObject({
      path,
      kind: 'file',
      mode: '755',
      sizeBytes: 12,
      modifiedNs: -5n * 1_000_000_000n + 123_456_789n,
      target: '',
    });
    expect(parseRecord('/l//l 777 0 0 /etc//x\n y').target).toBe('/etc//x\n y');
    expect(shownPath(path)).toBe(`a\\x0a/\\x09b\\xff/it's`);
    expect([parentOf('a/b/c'), parentOf('a')]).toEqual(['a/b', '']);
  });

  it.each([
    '/../x//f 644 1 1 ',
    '/a/../../x//f 644 1 1 ',
    '/..//d 755 0 0 ',
    '/./x//f 644 1 1 ',
    '//etc/passwd//f 644 1 1 ',
    'x//f 644 1 1 ',
    '///f 644 1 1 ',
    '/x//b 644 1 1 ',
    '/x//f 644 1',
    '/x',
    '',
    `/${'a/'.repeat(2100)}x//f 644 1 1 `,
  ])('is refused where it leaves the tree or is none: %j', (record) => {
    expect(codeOf(record)).toBe('workspace.hostile');
  });
});

it('reads changes, and takes a listing without its end for none', () => {
  const [old, now] = ['/x//f 644 1 1 ', '/x//f 644 2 2 '];
  const changes = parseChanges(
    joinLines([old, `\t${now}`, '/gone//d 755 0 0 ', '\t/\t//f 644 0 0 ', '\t~end']),
  );
  expect(
    [...(changes ?? [])].map(([path, { before, now: present }]) => [path, before?.record, present?.record]),
  ).toEqual([
    ['x', old, now],
    ['gone', '/gone//d 755 0 0 ', undefined],
    ['\t', undefined, '/\t//f 644 0 0 '],
  ]);
  expect(parseChanges(joinLines([`\t${now}`]))).toBeNull();
  expect(splitLines(joinLines(['a\nb', '']))).toEqual(['a\nb', '']);
});
