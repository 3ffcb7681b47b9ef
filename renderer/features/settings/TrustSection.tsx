import { useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { isKeyserver } from '#renderer/ui/keyserver.ts';
import { type SectionProps, saveSettings } from './saveSettings.ts';

/** The keyserver that is asked for keys where none is named. Kept when the person leaves the field or presses Enter. */
export function TrustSection({ settings }: SectionProps) {
  const text = useText('settings');
  const saved = settings.trust.keyserver ?? '';
  const [draft, setDraft] = useState<string | null>(null);
  const [isTried, setIsTried] = useState(false);
  const address = (draft ?? saved).trim();
  const isValid = address === '' || isKeyserver(address);

  function commit() {
    setIsTried(true);
    if (draft === null || !isValid) return;
    setDraft(null);
    if (address !== saved) saveSettings({ trust: { keyserver: address === '' ? null : address } });
  }

  return (
    <TextField
      isCode
      label={text('keyserver')}
      hint={text('keyserverHint')}
      placeholder={text('keyserverRuntimes')}
      value={draft ?? saved}
      onChange={(value) => {
        setDraft(value);
        setIsTried(false);
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setDraft(null);
      }}
      problem={isTried && !isValid ? text('keyserverProblem') : null}
      className="max-w-110"
    />
  );
}
