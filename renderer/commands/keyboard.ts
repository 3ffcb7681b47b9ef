import { settingsStore } from '#renderer/state/settings.ts';
import { keymapOf } from './keymap.ts';
import { commandRegistry, isCommandEnabled, runCommand } from './registry.ts';
import { isAllowedInTerminal, shortcutOf } from './shortcut.ts';

/**
 * Listens for shortcuts on the whole window, before anything else sees the key. A terminal keeps all keys but the
 * allowed chords; a field keeps the keys that type or edit; an open dialog keeps everything.
 */
export function listenForShortcuts(): () => void {
  window.addEventListener('keydown', receive, { capture: true });
  return () => window.removeEventListener('keydown', receive, { capture: true });
}

function receive(event: KeyboardEvent): void {
  if (event.isComposing) return;
  const shortcut = shortcutOf(event);
  if (shortcut === null || !isOursAt(event.target, shortcut)) return;
  const { commands } = commandRegistry.getState();
  const command = keymapOf(commands.values(), settingsStore.getState().settings?.shortcuts ?? {}).get(
    shortcut,
  );
  if (command === undefined || !isCommandEnabled(command)) return;
  event.preventDefault();
  event.stopPropagation();
  void runCommand(command.id);
}

const editingKeys = /^(Mod\+[ACVXZY]|(Mod\+|Alt\+)?(Shift\+)?(Arrow\w+|Backspace|Delete|Home|End|Enter))$/;

function isOursAt(target: EventTarget | null, shortcut: string): boolean {
  if (!(target instanceof Element)) return true;
  if (target.closest('.xterm, [data-terminal]') !== null) return isAllowedInTerminal(shortcut);
  if (
    target.closest(
      '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], [data-records-keys]',
    )
  ) {
    return /^Mod\+(=|-|0)$/.test(shortcut) && target.closest('[data-records-keys]') === null;
  }
  if (shortcut === 'Mod+F' && target.closest('[data-own-search]') !== null) return false;
  if (target.closest('input, textarea, select, [contenteditable="true"]') !== null) {
    return (
      !editingKeys.test(shortcut) && (/(^|\+)(Mod|Alt)\+/.test(shortcut) || /^(Shift\+)?F\d+$/.test(shortcut))
    );
  }
  return true;
}
