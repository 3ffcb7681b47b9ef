import { describe, expect, it } from 'vitest';
import { completePath, splitTyped } from './pathCompletion.ts';

const entries = [
  { name: 'Data', isFolder: true },
  { name: 'database', isFolder: true },
  { name: '.hidden', isFolder: true },
  { name: 'data.sif', isFolder: false },
];
const values = (typed: string, wants: 'folder' | 'file' | 'any') =>
  completePath(typed, entries, wants).map((suggestion) => suggestion.value);

describe('completing a path', () => {
  it('knows the folder that is looked into', () => {
    expect(splitTyped('/home/al')).toEqual({ folder: '/home', prefix: 'al' });
    expect(splitTyped('/home/')).toEqual({ folder: '/home', prefix: '' });
    expect(splitTyped('/')).toEqual({ folder: '/', prefix: '' });
    expect(splitTyped('ho')).toEqual({ folder: '/', prefix: 'ho' });
  });

  it('offers what begins so, without regard to case', () => {
    expect(values('/x/da', 'any')).toEqual(['/x/Data/', '/x/database/', '/x/data.sif']);
    expect(values('/x/da', 'folder')).toEqual(['/x/Data/', '/x/database/']);
    expect(values('/x/.', 'any')).toEqual(['/x/.hidden/']);
    expect(values('/x/nothing', 'any')).toEqual([]);
  });

  it('offers the folder above, and the root has none', () => {
    expect(values('/x/y/', 'folder')).toEqual(['/x/', '/x/y/Data/', '/x/y/database/']);
    expect(values('/', 'folder')).toEqual(['/Data/', '/database/']);
  });

  it('is quiet when the name is complete', () => {
    expect(values('/x/data.sif', 'any')).toEqual([]);
  });
});
