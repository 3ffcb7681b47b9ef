import type { Compression } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { Field } from '#renderer/ui/Field.tsx';
import { Select } from '#renderer/ui/Select.tsx';

/** All that there are; a host's runtime may offer fewer. */
export const compressions: readonly Compression[] = ['gzip-6', 'gzip-9', 'zstd-3', 'zstd-9'];

export interface CompressionFieldProps {
  /** Null is the setting's. */
  readonly value: Compression | null;
  readonly offered: readonly Compression[];
  readonly onChange: (value: Compression | null) => void;
}

/** How a SIF that is made here is compressed, each with its price. */
export function CompressionField({ value, offered, onChange }: CompressionFieldProps) {
  const text = useText('images');
  const setting = useSettings((state) => state.settings?.images.compression ?? null);
  return (
    <Field label={text('pull.compression')}>
      {(control) => (
        <Select
          control={control}
          value={value ?? 'setting'}
          onChange={(chosen) => onChange(compressions.find((name) => name === chosen) ?? null)}
          options={[
            {
              value: 'setting',
              label:
                setting === null
                  ? text('pull.compressionDefault')
                  : text('pull.compressionSetting', { name: text(`pull.compressions.${setting}`) }),
            },
            ...offered.map((name) => ({
              value: name as string,
              label: text(`pull.compressions.${name}`),
              detail: text(`pull.compressionPrice.${name}`),
            })),
          ]}
        />
      )}
    </Field>
  );
}
