import { describe, expect, it } from 'vitest';
import { sampleFolder, sampleImage } from './sampleImages.ts';
import {
  findByPrefix,
  keepExisting,
  moveActive,
  noSelection,
  type Selection,
  selectAll,
  selectOnly,
  selectTo,
  toggleRow,
} from './selection.ts';

const row = (name: string) => sampleImage(name);
const pathOf = (name: string) => sampleImage(name).path;
const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map(row);
const chosen = (selection: Selection) =>
  [...selection.selected]
    .map((path) => path.slice(sampleFolder.length + 1))
    .sort()
    .join('');
const activeName = (selection: Selection) => selection.active?.slice(sampleFolder.length + 1) ?? null;

describe('choosing rows', () => {
  it('chooses with a click, adds with Ctrl, and a range with Shift from where the last click was', () => {
    let selection = selectOnly(pathOf('b'));
    selection = selectTo(selection, rows, pathOf('d'));
    expect(chosen(selection)).toBe('bcd');
    selection = selectTo(selection, rows, pathOf('a'));
    expect(chosen(selection)).toBe('ab');
    selection = toggleRow(selection, pathOf('f'));
    expect(chosen(selection)).toBe('abf');
    selection = toggleRow(selection, pathOf('a'));
    expect(chosen(selection)).toBe('bf');
    expect(activeName(selection)).toBe('a');
  });

  it('chooses one row when a range has nowhere to begin', () => {
    expect(chosen(selectTo(noSelection, rows, pathOf('c')))).toBe('c');
  });

  it('walks with the keys and stops at both ends', () => {
    const only = { mode: 'only', pageRows: 3 } as const;
    let selection = moveActive(noSelection, rows, 'down', only);
    expect(chosen(selection)).toBe('a');
    selection = moveActive(selection, rows, 'up', only);
    expect(chosen(selection)).toBe('a');
    selection = moveActive(selection, rows, 'pageDown', only);
    expect(chosen(selection)).toBe('d');
    selection = moveActive(selection, rows, 'pageDown', only);
    expect(chosen(selection)).toBe('f');
    selection = moveActive(selection, rows, 'first', { ...only, mode: 'extend' });
    expect(chosen(selection)).toBe('abcdef');
    selection = moveActive(selection, rows, 'last', { ...only, mode: 'keep' });
    expect(activeName(selection)).toBe('f');
    expect(chosen(selection)).toBe('abcdef');
    expect(moveActive(noSelection, [], 'down', only)).toBe(noSelection);
  });

  it('finds names by their first letters, walking on with one letter', () => {
    const named = ['alpine.sif', 'apt.sif', 'Base.sif'].map(row);
    expect(findByPrefix(named, pathOf('alpine.sif'), 'a')).toBe(pathOf('apt.sif'));
    expect(findByPrefix(named, pathOf('apt.sif'), 'a')).toBe(pathOf('alpine.sif'));
    expect(findByPrefix(named, pathOf('apt.sif'), 'ap')).toBe(pathOf('apt.sif'));
    expect(findByPrefix(named, null, 'b')).toBe(pathOf('Base.sif'));
    expect(findByPrefix(named, null, 'x')).toBe(null);
    expect(findByPrefix([], null, 'x')).toBe(null);
  });

  it('goes to the neighbour when the active row is deleted', () => {
    const before = selectTo(selectOnly(pathOf('c')), rows, pathOf('d'));
    const without = (names: string) => rows.filter((entry) => !names.includes(entry.name));
    expect(keepExisting(before, rows, rows)).toBe(before);
    const after = keepExisting(before, rows, without('cd'));
    expect(chosen(after)).toBe('');
    expect(activeName(after)).toBe('e');
    expect(activeName(keepExisting(before, rows, without('cdef')))).toBe('b');
    expect(activeName(keepExisting(before, rows, []))).toBe(null);
    expect(chosen(keepExisting(selectAll(before, rows), rows, without('a')))).toBe('bcdef');
  });
});
