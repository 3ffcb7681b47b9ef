import { useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { NumberField } from '#renderer/ui/NumberField.tsx';
import { Switch } from '#renderer/ui/Switch.tsx';
import { type SectionProps, saveSettings } from './saveSettings.ts';

/** Desktop notifications at the end of long work. */
export function NotificationsSection({ settings }: SectionProps) {
  const text = useText('settings');
  const [permission, setPermission] = useState(() =>
    'Notification' in window ? Notification.permission : 'denied',
  );
  const { enabled, afterSeconds } = settings.notifications;
  function turn(isOn: boolean) {
    saveSettings({ notifications: { enabled: isOn } });
    if (!isOn || permission !== 'default') return;
    attempt(async () => setPermission(await Notification.requestPermission()));
  }
  return (
    <div className="flex flex-col gap-4">
      <Switch
        label={text('notifyEnabled')}
        hint={permission === 'denied' && enabled ? text('notifyBlocked') : text('notifyEnabledHint')}
        isOn={enabled}
        onChange={turn}
      />
      <NumberField
        label={text('notifyAfter')}
        hint={text('notifyAfterHint')}
        unit={text('seconds')}
        value={afterSeconds}
        problemOf={(value) =>
          Number.isInteger(value) && value >= 0
            ? null
            : text('outOfRange', { min: 0, max: (86_400).toLocaleString() })
        }
        onCommit={(value) => saveSettings({ notifications: { afterSeconds: value } })}
      />
    </div>
  );
}
