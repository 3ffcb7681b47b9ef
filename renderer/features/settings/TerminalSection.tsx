import { useText } from '#renderer/i18n/i18n.ts';
import { NumberField } from '#renderer/ui/NumberField.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

/** Font size and scrollback of terminals. */
export function TerminalSection({ settings }: SectionProps) {
  const text = useText('settings');
  function wholeBetween(min: number, max: number) {
    return (value: number) =>
      Number.isInteger(value) && value >= min && value <= max
        ? null
        : text('outOfRange', { min: min.toLocaleString(), max: max.toLocaleString() });
  }
  return (
    <div className="flex flex-col gap-4">
      <NumberField
        label={text('fontSize')}
        hint={text('fontSizeHint')}
        value={settings.terminal.fontSize}
        problemOf={wholeBetween(6, 48)}
        onCommit={(fontSize) => saveSettings({ terminal: { fontSize } })}
      />
      <NumberField
        label={text('scrollback')}
        hint={text('scrollbackHint')}
        value={settings.terminal.scrollbackLines}
        problemOf={wholeBetween(0, 200_000)}
        onCommit={(scrollbackLines) => saveSettings({ terminal: { scrollbackLines } })}
      />
    </div>
  );
}
