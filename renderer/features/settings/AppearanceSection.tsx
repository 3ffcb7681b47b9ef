import { Monitor, Moon, Sun } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Select } from '#renderer/ui/Select.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

const zooms = [0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2] as const;

/** Theme, zoom and language. */
export function AppearanceSection({ settings }: SectionProps) {
  const text = useText('settings');
  const { theme, zoom, language } = settings.appearance;
  const choices = [...new Set([...zooms, zoom])].sort((a, b) => a - b);
  return (
    <div className="flex flex-col gap-4">
      <Segmented
        label={text('theme')}
        value={theme}
        onChange={(value) => saveSettings({ appearance: { theme: value } })}
        options={[
          { value: 'system', label: text('themes.system'), icon: Monitor },
          { value: 'light', label: text('themes.light'), icon: Sun },
          { value: 'dark', label: text('themes.dark'), icon: Moon },
        ]}
      />
      <Field label={text('zoom')}>
        {(control) => (
          <Select
            control={control}
            value={String(zoom)}
            onChange={(value) => saveSettings({ appearance: { zoom: Number(value) } })}
            options={choices.map((choice) => ({
              value: String(choice),
              label: `${Math.round(choice * 100)} %`,
            }))}
            className="w-40"
          />
        )}
      </Field>
      <Field label={text('language')}>
        {(control) => (
          <Select
            control={control}
            value={language}
            onChange={(value) => saveSettings({ appearance: { language: value } })}
            options={[{ value: 'en', label: text('languages.en') }]}
            className="w-40"
          />
        )}
      </Field>
    </div>
  );
}
