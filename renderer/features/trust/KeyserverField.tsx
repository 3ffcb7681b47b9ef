import { useText } from '#renderer/i18n/i18n.ts';
import { TextField } from '#renderer/ui/Field.tsx';
import { trustStore, useTrust } from './trustState.ts';

/** Whether a text is an address of a keyserver as the contract takes it. */
export function isKeyserver(address: string): boolean {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}

/** The keyserver that is asked; the last one is proposed. */
export function KeyserverField({ hint }: { readonly hint: string }) {
  const text = useText('trustForms');
  const keyserver = useTrust((state) => state.keyserver);
  return (
    <TextField
      isCode
      label={text('keyserver.address')}
      hint={hint}
      value={keyserver}
      onChange={(typed) => trustStore.setState({ keyserver: typed })}
      problem={isKeyserver(keyserver) ? null : text('keyserver.addressProblem')}
    />
  );
}
