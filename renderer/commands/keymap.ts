import { useStore } from 'zustand';
import { settingsStore } from '#renderer/state/settings.ts';
import { type Command, commandRegistry } from './registry.ts';

/** The person's own keys by command id; an empty text takes the command's shortcut away. */
export type ShortcutChanges = Readonly<Record<string, string>>;

/** The keys of a command now, or null where it has none. */
export function shortcutFor(command: Command, changes: ShortcutChanges): string | null {
  const own = changes[command.id];
  if (own !== undefined) return own === '' ? null : own;
  return command.shortcut ?? null;
}

/** Shortcut → command. Where two commands have the same keys, the person's own choice wins. */
export function keymapOf(
  commands: Iterable<Command>,
  changes: ShortcutChanges,
): ReadonlyMap<string, Command> {
  const map = new Map<string, Command>();
  const all = [...commands];
  for (const command of all) {
    for (const extra of command.extraShortcuts ?? []) map.set(extra, command);
    if (changes[command.id] === undefined && command.shortcut !== undefined)
      map.set(command.shortcut, command);
  }
  for (const command of all) {
    const own = changes[command.id];
    if (own !== undefined && own !== '') map.set(own, command);
  }
  return map;
}

/** The command that has these keys already, but for `exceptId`; null where nobody has. */
export function conflictOf(
  commands: Iterable<Command>,
  changes: ShortcutChanges,
  wanted: { readonly shortcut: string; readonly exceptId: string },
): Command | null {
  const holder = keymapOf(commands, changes).get(wanted.shortcut);
  return holder === undefined || holder.id === wanted.exceptId ? null : holder;
}

/** The keys of a command now, for labels; undefined where it has none. */
export function useShortcut(commandId: string): string | undefined {
  const changes = useStore(settingsStore, (state) => state.settings?.shortcuts);
  const command = useStore(commandRegistry, (registry) => registry.commands.get(commandId));
  return command === undefined ? undefined : (shortcutFor(command, changes ?? {}) ?? undefined);
}
