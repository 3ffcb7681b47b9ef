// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { isAllowedInTerminal, isUsableShortcut, shortcutLabel, shortcutOf } from './shortcut.ts';

function press(key: string, code: string, modifiers: string) {
  return {
    key,
    code,
    ctrlKey: modifiers.includes('C'),
    metaKey: false,
    altKey: modifiers.includes('A'),
    shiftKey: modifiers.includes('S'),
  };
}

describe('shortcuts', () => {
  it.each([
    ['P', 'KeyP', 'CS', 'Mod+Shift+P'],
    ['k', 'KeyK', 'C', 'Mod+K'],
    ['1', 'Digit1', 'C', 'Mod+1'],
    ['&', 'Digit1', 'C', 'Mod+1'], // the same key on a French layout
    ['?', 'Slash', 'S', '?'],
    ['+', 'Equal', 'CS', 'Mod+='],
    ['=', 'Equal', 'C', 'Mod+='],
    ['`', 'Backquote', 'C', 'Mod+`'],
    ['F1', 'F1', '', 'F1'],
    ['Delete', 'Delete', '', 'Delete'],
    ['Tab', 'Tab', 'CS', 'Mod+Shift+Tab'],
    [',', 'Comma', 'C', 'Mod+,'],
    ['ö', 'Semicolon', 'A', 'Alt+Ö'],
  ])('reads %s as a chord', (key, code, modifiers, expected) => {
    expect(shortcutOf(press(key, code, modifiers))).toBe(expected);
  });

  it('is nothing while only a modifier is down', () => {
    expect(shortcutOf(press('Control', 'ControlLeft', 'C'))).toBeNull();
  });

  it('leaves a terminal every key that shells, editors and readline use', () => {
    for (const key of ['A', 'B', 'C', 'D', 'E', 'K', 'N', 'P', 'R', 'U', 'W', 'X', 'Z', '1', ',', '=', '0']) {
      expect(isAllowedInTerminal(`Mod+${key}`), key).toBe(false);
    }
    for (const key of ['F1', 'F5', 'Delete', 'Alt+B', 'Mod+Shift+C', 'Mod+Shift+V', '?']) {
      expect(isAllowedInTerminal(key), key).toBe(false);
    }
    expect(isAllowedInTerminal('Mod+Shift+P')).toBe(true);
    expect(isAllowedInTerminal('Mod+`')).toBe(true);
  });

  it('takes no shortcut that would swallow typing', () => {
    expect(isUsableShortcut('P')).toBe(false);
    expect(isUsableShortcut('Shift+P')).toBe(false);
    expect(isUsableShortcut('Mod+P')).toBe(true);
    expect(isUsableShortcut('F9')).toBe(true);
  });

  it('writes the platform’s words', () => {
    expect(shortcutLabel('Mod+Shift+P')).toBe('Ctrl+Shift+P');
    expect(shortcutLabel('Mod+=')).toBe('Ctrl++');
    expect(shortcutLabel('Delete')).toBe('Del');
  });
});
