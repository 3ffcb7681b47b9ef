import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { conflictOf, shortcutFor } from '#renderer/commands/keymap.ts';
import { type Command, commandLabel, useCommands } from '#renderer/commands/registry.ts';
import { isUsableShortcut, shortcutLabel, shortcutOf } from '#renderer/commands/shortcut.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Kbd } from '#renderer/ui/Kbd.tsx';
import { SearchField } from '#renderer/ui/SearchField.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

/** The keys of every command; each can be changed, taken away, or put back. */
export function ShortcutsSection({ settings }: SectionProps) {
  const text = useText('settings');
  const commands = useCommands();
  const [filter, setFilter] = useState('');
  const [recordingId, setRecordingId] = useState<string | null>(null);
  const words = filter.trim().toLowerCase();
  const shown = commands.filter((command) => commandLabel(command).toLowerCase().includes(words));
  return (
    <div className="flex flex-col gap-2">
      <p className="text-small text-pretty text-ink-3">{text('shortcutsHint')}</p>
      <SearchField label={text('shortcutFilter')} value={filter} onChange={setFilter} className="w-64" />
      <ul className="rounded-control border border-line">
        {shown.map((command) => (
          <ShortcutRow
            key={command.id}
            command={command}
            commands={commands}
            changes={settings.shortcuts}
            isRecording={recordingId === command.id}
            onRecord={(isOn) => setRecordingId(isOn ? command.id : null)}
          />
        ))}
      </ul>
    </div>
  );
}

interface ShortcutRowProps {
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly changes: Readonly<Record<string, string>>;
  readonly isRecording: boolean;
  readonly onRecord: (isOn: boolean) => void;
}

function ShortcutRow({ command, commands, changes, isRecording, onRecord }: ShortcutRowProps) {
  const text = useText('settings');
  const label = commandLabel(command);
  const keys = shortcutFor(command, changes);
  return (
    <li className="border-b border-line/60 last:border-b-0">
      <div className="flex min-h-8 items-center gap-2 py-0.5 pr-1 pl-2.5">
        <command.icon aria-hidden className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
        <span className="min-w-0 flex-1 truncate">{label}</span>
        {changes[command.id] === undefined ? null : <Badge>{text('own')}</Badge>}
        {keys === null ? (
          <span className="text-small text-ink-3">{text('noKeys')}</span>
        ) : (
          <Kbd shortcut={keys} />
        )}
        {changes[command.id] === undefined ? null : (
          <IconButton
            size="small"
            icon={RotateCcw}
            label={text('resetFor', { command: label })}
            onClick={() => saveSettings({ shortcuts: without(changes, command.id) })}
          />
        )}
        <Button
          className="h-6! px-2 text-small"
          aria-label={text('changeFor', { command: label })}
          onClick={() => onRecord(!isRecording)}
        >
          {text('change')}
        </Button>
      </div>
      {isRecording ? (
        <Recorder command={command} commands={commands} changes={changes} onDone={() => onRecord(false)} />
      ) : null}
    </li>
  );
}

interface RecorderProps {
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly changes: Readonly<Record<string, string>>;
  readonly onDone: () => void;
}

function Recorder({ command, commands, changes, onDone }: RecorderProps) {
  const text = useText('settings');
  const [pressed, setPressed] = useState<string | null>(null);
  const holder =
    pressed === null ? null : conflictOf(commands, changes, { shortcut: pressed, exceptId: command.id });
  const problem =
    pressed === null || isUsableShortcut(pressed)
      ? holder === null || pressed === null
        ? null
        : text('conflict', { keys: shortcutLabel(pressed), command: commandLabel(holder) })
      : text('needsModifier');

  function keep(shortcut: string) {
    const own = { ...changes, [command.id]: shortcut };
    saveSettings({ shortcuts: holder === null ? own : { ...own, [holder.id]: '' } });
    onDone();
  }

  function press(event: React.KeyboardEvent) {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return onDone();
    if (event.key === 'Backspace') {
      saveSettings({ shortcuts: { ...changes, [command.id]: '' } });
      return onDone();
    }
    const shortcut = shortcutOf(event.nativeEvent);
    if (shortcut === null) return;
    setPressed(shortcut);
    const isFree = conflictOf(commands, changes, { shortcut, exceptId: command.id }) === null;
    if (isUsableShortcut(shortcut) && isFree) keep(shortcut);
  }

  return (
    <div className="flex flex-wrap items-center gap-2 bg-panel px-2.5 py-2" data-records-keys>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to press keys here
        autoFocus
        readOnly
        aria-label={text('changeFor', { command: commandLabel(command) })}
        value={pressed === null ? '' : shortcutLabel(pressed)}
        placeholder={text('press')}
        onKeyDown={press}
        className="h-7 w-48 rounded-control border border-accent bg-bg px-2.5 placeholder:text-ink-3"
      />
      {problem === null ? null : (
        <span role="alert" className="text-small text-bad">
          {problem}
        </span>
      )}
      {holder !== null && pressed !== null && isUsableShortcut(pressed) ? (
        <Button className="h-6! px-2 text-small" onClick={() => keep(pressed)}>
          {text('takeOver')}
        </Button>
      ) : null}
    </div>
  );
}

function without(changes: Readonly<Record<string, string>>, id: string): Record<string, string> {
  return Object.fromEntries(Object.entries(changes).filter(([key]) => key !== id));
}
