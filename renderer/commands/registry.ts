import type { LucideIcon } from 'lucide-react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { frame } from '#renderer/i18n/en/frame.ts';
import { type TextKey, textOf } from '#renderer/i18n/i18n.ts';
import { reportFailure } from '#renderer/state/notices.ts';

export type CommandGroup = keyof (typeof frame)['commandGroups'];

/** Where the person is when a command may be run. */
export interface CommandContext {
  /** The page that is shown: `images`. */
  readonly page: string;
}

/**
 * One thing that the person can do. Menus, toolbars, context menus, shortcuts and the palette all read this.
 * What a command works on (the chosen image) it reads from its feature's own state.
 */
export interface Command {
  /** Permanent: settings remember shortcuts under it. `images.pull` */
  readonly id: string;
  readonly label: TextKey;
  readonly group: CommandGroup;
  /** Other words that find it in the palette. */
  readonly keywords?: readonly string[];
  readonly icon: LucideIcon;
  /** By default; the settings may say otherwise. `Mod+Shift+P` */
  readonly shortcut?: string;
  /** Further keys that cannot be changed. */
  readonly extraShortcuts?: readonly string[];
  /** Shown as dangerous in menus. */
  readonly isDanger?: boolean;
  /** False keeps it out of the palette, such as the palette itself. */
  readonly isInPalette?: boolean;
  /** Always, when not given. */
  readonly isEnabled?: (context: CommandContext) => boolean;
  readonly perform: (context: CommandContext) => void | Promise<void>;
}

interface Registry {
  readonly commands: ReadonlyMap<string, Command>;
  readonly context: () => CommandContext;
}

/** The one list of commands. */
export const commandRegistry = createStore<Registry>()(() => ({
  commands: new Map(),
  context: () => ({ page: '' }),
}));

/** Adds commands; called by the composition root. The same id again is a mistake of ours. */
export function registerCommands(commands: readonly Command[], context: () => CommandContext): void {
  const all = new Map(commandRegistry.getState().commands);
  for (const command of commands) {
    if (all.has(command.id)) throw new Error(`two commands are called ${command.id}`);
    all.set(command.id, command);
  }
  commandRegistry.setState({ commands: all, context });
}

/** A command by its id; throws for an id that nobody registered. */
export function commandOf(id: string): Command {
  const command = commandRegistry.getState().commands.get(id);
  if (command === undefined) throw new Error(`no command is called ${id}`);
  return command;
}

/** Whether a command can be run now. */
export function isCommandEnabled(command: Command): boolean {
  return command.isEnabled?.(commandRegistry.getState().context()) ?? true;
}

/** Runs a command if it can be run now; its failure is told to the person. */
export async function runCommand(id: string): Promise<void> {
  const command = commandOf(id);
  if (!isCommandEnabled(command)) return;
  try {
    await command.perform(commandRegistry.getState().context());
  } catch (failure) {
    reportFailure(failure);
  }
}

/** All commands, in the order of their registration. */
export function useCommands(): readonly Command[] {
  return [...useStore(commandRegistry, (registry) => registry.commands).values()];
}

/** The words of a command. */
export function commandLabel(command: Command): string {
  return textOf(command.label);
}
