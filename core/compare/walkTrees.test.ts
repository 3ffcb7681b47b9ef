import { describe, expect, it } from 'vitest';
import { reportOf } from '#core/errors/workbenchError.ts';
import type { TreeEntry, TreeFolder } from './tree.ts';
import { walkTrees } from './walkTrees.ts';

const folder = (name: string, entries: () => readonly TreeEntry[] | null): TreeFolder => ({
  kind: 'folder',
  name,
  mode: 0o755,
  list: async () => entries(),
});
const file = (name: string, sizeBytes = 0): TreeEntry => ({
  kind: 'file',
  name,
  mode: 0o644,
  sizeBytes,
  open: async () => null,
});

async function walk(left: TreeFolder, right: TreeFolder) {
  const seen: string[] = [];
  const closed: string[] = [];
  const options = { signal: new AbortController().signal, onClosed: (path: string) => closed.push(path) };
  for await (const pair of walkTrees(left, right, options))
    seen.push(`${pair.left === null ? '+' : pair.right === null ? '-' : '='} ${pair.path}`);
  return { seen, closed };
}

describe('a walk through two trees', () => {
  it('pairs names, goes into a folder that only one of them has, and into one beside a file', async () => {
    const left = folder('', () => [
      folder('a', () => [file('x')]),
      file('b'),
      folder('c', () => [file('y')]),
    ]);
    const right = folder('', () => [file('a'), folder('c', () => [file('y'), file('z')])]);
    expect((await walk(left, right)).seen).toEqual(['= a', '- b', '= c', '= c/y', '+ c/z', '- a/x']);
  });

  it('tells of folders that are closed', async () => {
    const root = folder('', () => [folder('root', () => null)]);
    expect((await walk(root, root)).closed).toEqual(['root', 'root']);
  });

  it('ends in a folder that contains itself', async () => {
    const loop: TreeFolder = folder('loop', () => [loop]);
    const failed = await walk(
      loop,
      folder('', () => []),
    ).catch(reportOf);
    expect(failed).toMatchObject({ code: 'input.invalid' });
  });

  it('refuses what is larger than any image', async () => {
    const large = folder('', () => [file('hole', 2 ** 52)]);
    expect(await walk(large, large).catch(reportOf)).toMatchObject({ code: 'input.invalid' });
  });
});
