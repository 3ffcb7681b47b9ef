import { shortcutFor } from '#renderer/commands/keymap.ts';
import { type Command, type CommandGroup, commandLabel, useCommands } from '#renderer/commands/registry.ts';
import { isAllowedInTerminal } from '#renderer/commands/shortcut.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { goToPage, showOverlay } from '#renderer/state/layout.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { Kbd } from '#renderer/ui/Kbd.tsx';

/** All shortcuts, by group; those that work in a terminal say so. */
export function ShortcutsSheet() {
  const text = useText('frame');
  const commands = useCommands();
  const changes = useSettings((state) => state.settings?.shortcuts) ?? {};
  const groups = new Map<CommandGroup, { readonly command: Command; readonly keys: string }[]>();
  for (const command of commands) {
    const keys = shortcutFor(command, changes);
    if (keys !== null) groups.set(command.group, [...(groups.get(command.group) ?? []), { command, keys }]);
  }
  return (
    <Dialog
      isOpen
      onClose={() => showOverlay(null)}
      width="wide"
      title={text('shortcuts.title')}
      description={text('shortcuts.description')}
      footer={
        <Button
          onClick={() => {
            showOverlay(null);
            goToPage('settings');
          }}
        >
          {text('shortcuts.change')}
        </Button>
      }
    >
      <div className="columns-2 gap-8">
        {[...groups].map(([group, entries]) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h2 className="mb-1 text-small font-semibold text-ink-2">{text(`commandGroups.${group}`)}</h2>
            <ul>
              {entries.map(({ command, keys }) => (
                <li key={command.id} className="flex min-h-6.5 items-center gap-2 border-b border-line/60">
                  <span className="min-w-0 flex-1 truncate">{commandLabel(command)}</span>
                  {isAllowedInTerminal(keys) ? (
                    <span className="text-tiny text-ink-3">{text('shortcuts.inTerminal')}</span>
                  ) : null}
                  <Kbd shortcut={keys} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="text-small text-pretty text-ink-3">{text('shortcuts.terminal')}</p>
    </Dialog>
  );
}
