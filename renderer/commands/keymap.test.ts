// @vitest-environment happy-dom
import { Box } from 'lucide-react';
import { describe, expect, it } from 'vitest';
import { conflictOf, keymapOf, shortcutFor } from './keymap.ts';
import type { Command } from './registry.ts';

function command(id: string, shortcut?: string): Command {
  return {
    id,
    label: 'frame:commands.palette',
    group: 'help',
    icon: Box,
    ...(shortcut === undefined ? {} : { shortcut }),
    perform: () => undefined,
  };
}

const pull = command('images.pull', 'Mod+N');
const search = command('frame.search', 'Mod+K');
const theme = command('view.theme');
const all = [pull, search, theme];

describe('the keymap', () => {
  it('follows the commands until the person changes a shortcut', () => {
    expect(keymapOf(all, {}).get('Mod+N')).toBe(pull);
    const changes = { 'images.pull': 'Mod+Shift+I' };
    expect(keymapOf(all, changes).get('Mod+Shift+I')).toBe(pull);
    expect(keymapOf(all, changes).get('Mod+N')).toBeUndefined();
    expect(shortcutFor(pull, changes)).toBe('Mod+Shift+I');
  });

  it('takes a shortcut away', () => {
    expect(shortcutFor(pull, { 'images.pull': '' })).toBeNull();
    expect(keymapOf(all, { 'images.pull': '' }).size).toBe(1);
  });

  it('prefers the person’s choice over a default with the same keys', () => {
    expect(keymapOf(all, { 'view.theme': 'Mod+N' }).get('Mod+N')).toBe(theme);
  });

  it('names who has keys already', () => {
    expect(conflictOf(all, {}, { shortcut: 'Mod+K', exceptId: 'view.theme' })).toBe(search);
    expect(conflictOf(all, {}, { shortcut: 'Mod+K', exceptId: 'frame.search' })).toBeNull();
    expect(conflictOf(all, { 'frame.search': '' }, { shortcut: 'Mod+K', exceptId: 'view.theme' })).toBeNull();
  });
});
