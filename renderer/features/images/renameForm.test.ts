import { describe, expect, it } from 'vitest';
import { checkNewName, extensionOf } from './renameForm.ts';

const isTaken = (name: string) => name === 'taken.sif';

describe('a new name', () => {
  it.each([
    ['new.sif', null],
    [' leading blank.sif', null],
    ['-dash.sif', null],
    ['Größe 日本 🧬.sif', null],
    ['\\xff.sif', null],
    ['', 'empty'],
    ['a/b', 'slash'],
    ['..', 'dots'],
    ['ü'.repeat(128), 'long'],
    ['a'.repeat(255), null],
    ['taken.sif', 'taken'],
  ])('judges %j', (name, wanted) => {
    expect(checkNewName(name, isTaken)).toBe(wanted);
  });

  it('knows the endings of images', () => {
    expect(extensionOf('a.SIF')).toBe('.SIF');
    expect(extensionOf('a.sif.bak')).toBe('');
  });
});
