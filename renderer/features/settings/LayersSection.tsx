import { useQuery } from '@tanstack/react-query';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { NumberField } from '#renderer/ui/NumberField.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

const gigabyte = 1e9;

/** The cap of the layer store, what it takes now, and the way to clean it. */
export function LayersSection({ settings }: SectionProps) {
  const text = useText('settings');
  const usage = useQuery(
    contractQuery({
      path: 'cache.usage',
      hostId: null,
      input: 'settings',
      call: (signal) => client.cache.usage(undefined, { signal }),
    }),
  );
  return (
    <div className="flex flex-col items-start gap-4">
      <NumberField
        label={text('cap')}
        hint={text('capHint')}
        unit="GB"
        value={Math.round((settings.layers.capBytes / gigabyte) * 100) / 100}
        problemOf={(value) => (Number.isFinite(value) && value >= 0 ? null : text('capProblem'))}
        onCommit={(value) => saveSettings({ layers: { capBytes: Math.round(value * gigabyte) } })}
      />
      <div className="flex flex-wrap items-center gap-3">
        <CommandButton id="storage.clean" />
        {usage.data === undefined ? null : (
          <span className="text-ink-2">
            {text('layersUsed', { size: formatBytes(usage.data.usedBytes), count: usage.data.layers })}
          </span>
        )}
      </div>
    </div>
  );
}
