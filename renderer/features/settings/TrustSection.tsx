import { type FormEvent, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { isKeyserver } from '#renderer/ui/keyserver.ts';
import { type SectionProps, saveSettings } from './saveSettings.ts';

/** The keyserver that is asked for keys where none is named. */
export function TrustSection({ settings }: SectionProps) {
  const text = useText('settings');
  const saved = settings.trust.keyserver ?? '';
  // Typed over what is saved; another window may change that meanwhile.
  const [typed, setTyped] = useState<string | null>(null);
  const [isTried, setIsTried] = useState(false);
  const address = (typed ?? saved).trim();
  const isValid = address === '' || isKeyserver(address);

  function save(event: FormEvent) {
    event.preventDefault();
    setIsTried(true);
    if (!isValid) return;
    saveSettings({ trust: { keyserver: address === '' ? null : address } });
    setTyped(null);
  }

  return (
    <form onSubmit={save} className="flex items-start gap-2">
      <TextField
        isCode
        label={text('keyserver')}
        hint={text('keyserverHint')}
        placeholder={text('keyserverRuntimes')}
        value={typed ?? saved}
        onChange={(value) => {
          setTyped(value);
          setIsTried(false);
        }}
        problem={isTried && !isValid ? text('keyserverProblem') : null}
        className="max-w-110 flex-1"
      />
      <Button type="submit" className="mt-5.5" disabled={address === saved}>
        {text('save')}
      </Button>
    </form>
  );
}
