import { describe, expect, it } from 'vitest';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { linkTrouble, strayFiles } from './strayFiles.ts';
import { type FoundEntry, parseStrays } from './strayScript.ts';

const tree = hostPathFromText('/data/alice/tools/home');
const at = hostPathFromText;

describe('links of a tree', () => {
  it.each([
    ['bin/python', '/usr/bin/python3', 'linkOut'],
    ['bin/x', '/home/mysingularity/lib/x', null],
    ['bin/x', '/home/mysingularity', null],
    ['bin/x', '/home/mysingularity2/x', 'linkOut'],
    ['bin/x', '/data/alice/tools/home/lib/x', 'linkAbsolute'],
    ['a', 'b', null],
    ['a', '..', 'linkOut'],
    ['d/a', '..', null],
    ['d/a', '../..', 'linkOut'],
    ['d/e/a', '../../f', null],
    ['d/e/a', '../../../home/f', 'linkOut'],
    ['d/a', './/../b/../c', null],
    ['d/a', '..b/..', null],
  ])('%s → %s: %s', (path, target, trouble) => {
    expect(linkTrouble(at(path), at(target), tree)).toBe(trouble);
  });
});

describe('strays', () => {
  const found = (...entries: readonly [FoundEntry['kind'], string, string?][]): readonly FoundEntry[] =>
    entries.map(([kind, path, detail]) => ({
      kind,
      path: at(path),
      detail: detail === undefined ? null : at(detail),
    }));
  const kept = (entries: readonly FoundEntry[], confirmed: readonly HostPath[] = []) =>
    strayFiles(entries, { tree, confirmed }).map(({ path, isLeftOut }) => `${isLeftOut ? '-' : '+'}${path}`);

  it('are left out unless they can travel and were confirmed', () => {
    const entries = found(
      ['key', 'k'],
      ['named', '.netrc'],
      ['socket', 's'],
      ['unreadable', 'u'],
      ['setuid', 'x', '4755'],
    );
    expect(kept(entries)).toEqual(['-.netrc', '-k', '-s', '-u', '+x']);
    expect(kept(entries, [at('k'), at('.netrc'), at('s'), at('u')])).toEqual([
      '+.netrc',
      '+k',
      '-s',
      '-u',
      '+x',
    ]);
  });

  it('are told once each, and not below a folder that is left out', () => {
    expect(
      kept(found(['key', 'd/k'], ['foreign', 'd', 'bob'], ['named', 'a/.netrc'], ['key', 'a/.netrc'])),
    ).toEqual(['-a/.netrc', '-d']);
  });

  it('of somebody else that may not be read stay out, also when confirmed', () => {
    expect(kept(found(['foreign', 'f', 'bob'], ['unreadable', 'f']), [at('f')])).toEqual(['-f']);
  });
});

describe('the output of the find', () => {
  const records = (...parts: readonly string[]) => Buffer.from(parts.join(''), 'latin1').toString('base64');

  it('may hold names of any bytes', () => {
    expect(parseStrays(records('La\nb\0/etc\0', 'K./.ssh/\xff\0\0', '.'))).toEqual([
      { kind: 'link', path: 'a\\x0ab', detail: '/etc' },
      { kind: 'key', path: '.ssh/\\xff', detail: null },
    ]);
  });

  it.each([records('La\0b\0'), records('La\0b.'), records('Qa\0b\0.'), ''])(
    'is refused where it is not whole: %s',
    (output) => {
      expect(parseStrays(output)).toBeNull();
    },
  );
});
