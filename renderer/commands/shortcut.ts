/**
 * Shortcuts as text: modifiers, then one key, joined by `+`: `Mod+Shift+P`, `F1`, `Mod+,`. `Mod` is Command on a Mac
 * and Control anywhere else. Letters are upper case, other keys are called as `KeyboardEvent.key` calls them.
 */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const isMac = /^Mac|iPhone|iPad/.test(navigator.platform);
const modifierKeys = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'OS', 'Dead', 'Unidentified']);
const macSigns: Readonly<Record<string, string>> = { Mod: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' };
const names: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Delete: 'Del',
  Escape: 'Esc',
  Mod: 'Ctrl',
  '=': '+',
};

/** What was pressed, as a shortcut; null for a modifier alone. */
export function shortcutOf(press: KeyPress): string | null {
  if (modifierKeys.has(press.key)) return null;
  const key = keyName(press);
  const mod = isMac ? press.metaKey : press.ctrlKey;
  const parts = [
    ...(mod ? ['Mod'] : []),
    ...(isMac && press.ctrlKey ? ['Ctrl'] : []),
    ...(press.altKey ? ['Alt'] : []),
    ...(press.shiftKey && isShiftMeant(key) ? ['Shift'] : []),
    key,
  ];
  return parts.join('+');
}

/** The physical key for letters, digits and the backtick, so that layouts and Shift do not change the chord. */
function keyName(press: KeyPress): string {
  const digit = /^Digit([0-9])$/.exec(press.code)?.[1];
  const isChord = press.ctrlKey || press.metaKey || press.altKey;
  if (digit !== undefined && isChord) return digit;
  if (press.code === 'Backquote' && isChord) return '`';
  if (press.key === '+') return '=';
  if (press.key === '_') return '-';
  return press.key.length === 1 ? press.key.toUpperCase() : press.key;
}

/** Shift that only makes the character (`?`, `+`) is not part of the chord. */
function isShiftMeant(key: string): boolean {
  return key.length > 1 || /^[\p{L}0-9`]$/u.test(key);
}

/** Whether a shortcut leaves typing possible: it has Control, Alt or Command, or is a function key or Delete. */
export function isUsableShortcut(shortcut: string): boolean {
  return /(^|\+)(Mod|Ctrl|Alt)\+/.test(shortcut) || /^(Shift\+)?(F\d{1,2}|Delete)$/.test(shortcut);
}

/**
 * Whether a chord is the workbench's while a terminal has the focus. Everything that shells, editors and readline
 * use goes through: only Mod+Shift chords (but copy and paste), Mod+backtick, and Command chords on a Mac are ours.
 */
export function isAllowedInTerminal(shortcut: string): boolean {
  if (shortcut === 'Mod+Shift+C' || shortcut === 'Mod+Shift+V') return false;
  return shortcut.startsWith('Mod+Shift+') || shortcut === 'Mod+`' || (isMac && shortcut.startsWith('Mod+'));
}

/** A shortcut in the platform's words: `Ctrl+Shift+P`, `⇧⌘P`. */
export function shortcutLabel(shortcut: string): string {
  const parts = shortcut.endsWith('++') ? [shortcut.slice(0, -2), '+'] : shortcut.split('+');
  if (!isMac) return parts.map((part) => names[part] ?? part).join('+');
  const order = ['Ctrl', 'Alt', 'Shift', 'Mod'];
  const signs = order.filter((part) => parts.includes(part)).map((part) => macSigns[part] ?? part);
  const key = parts.at(-1) ?? '';
  return [...signs, names[key] ?? key].join('');
}
