import { settingsStore } from '#renderer/state/settings.ts';
import type { MenuEntry } from '#renderer/ui/Menu.tsx';
import { shortcutFor } from './keymap.ts';
import { commandLabel, commandOf, isCommandEnabled, runCommand } from './registry.ts';

/** Commands as lines of a menu; `separator` between ids is a rule. What cannot be run now is dimmed. */
export function commandEntries(ids: readonly (string | 'separator')[]): readonly MenuEntry[] {
  const changes = settingsStore.getState().settings?.shortcuts ?? {};
  return ids.map((id) => {
    if (id === 'separator') return 'separator';
    const command = commandOf(id);
    return {
      id,
      label: commandLabel(command),
      icon: command.icon,
      shortcut: shortcutFor(command, changes) ?? undefined,
      isDisabled: !isCommandEnabled(command),
      isDanger: command.isDanger,
      onSelect: () => void runCommand(id),
    };
  });
}
