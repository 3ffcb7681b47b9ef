import type { ITheme } from '@xterm/xterm';

/** The sixteen colours of programs, readable on the terminal's background in either theme (at least 4.5:1). */
export const terminalColours = {
  background: '#0f1216',
  foreground: '#d5dae2',
  cursor: '#d5dae2',
  cursorAccent: '#0f1216',
  selectionBackground: '#2f4a82',
  selectionInactiveBackground: '#2a3038',
  black: '#7d8794',
  red: '#ff8a80',
  green: '#7fd6a2',
  yellow: '#e3b04b',
  blue: '#7aa2ff',
  magenta: '#d8a1f5',
  cyan: '#63cbd6',
  white: '#d5dae2',
  brightBlack: '#939dab',
  brightRed: '#ffa79f',
  brightGreen: '#9be5b8',
  brightYellow: '#f2c56b',
  brightBlue: '#9dbaff',
  brightMagenta: '#e5bdfb',
  brightCyan: '#8adfe8',
  brightWhite: '#f4f6f9',
} as const satisfies ITheme;

/** Also colours that a program mixes itself are moved until they can be read. */
export const minimumContrast = 4.5;
