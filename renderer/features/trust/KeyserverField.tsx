import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { isKeyserver } from '#renderer/ui/keyserver.ts';
import { trustStore, useTrust } from './trustState.ts';

/** The keyserver that is asked, as typed. */
export interface KeyserverChoice {
  readonly typed: string;
  /** Null: what the runtime would use. */
  readonly url: string | null;
  readonly isValid: boolean;
}

/** The one that was typed last, else that of the settings. */
export function useKeyserver(): KeyserverChoice {
  const own = useTrust((state) => state.keyserver);
  const fromSettings = useSettings((state) => state.settings?.trust.keyserver ?? '');
  const typed = own ?? fromSettings;
  const address = typed.trim();
  return { typed, url: address === '' ? null : address, isValid: address === '' || isKeyserver(address) };
}

/** Where the keyserver is chosen. Empty leaves it to the runtime. */
export function KeyserverField({ hint }: { readonly hint: string }) {
  const text = useText('trustForms');
  const { typed, isValid } = useKeyserver();
  return (
    <TextField
      isCode
      label={text('keyserver.address')}
      hint={`${hint} ${text('keyserver.empty')}`}
      placeholder={text('keyserver.runtimes')}
      value={typed}
      onChange={(value) => trustStore.setState({ keyserver: value })}
      problem={isValid ? null : text('keyserver.addressProblem')}
    />
  );
}
