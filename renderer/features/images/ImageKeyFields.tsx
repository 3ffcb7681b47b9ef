import type { Image } from '#core/contract/images.ts';
import type { Encryption } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { EncryptionNote } from '#renderer/ui/EncryptionNote.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import type { TypedKey } from './imageKeyForm.ts';

export interface ImageKeyFieldsProps {
  readonly image: Image;
  readonly encryption: Encryption;
  readonly value: TypedKey;
  readonly onChange: (value: TypedKey) => void;
  /** What is wrong with it, as a sentence: that it is missing, or what the runtime said. */
  readonly problem: string | null;
}

/** How an image is encrypted and where it runs, and what opens it: asked for before anything is started. */
export function ImageKeyFields({ image, encryption, value, onChange, problem }: ImageKeyFieldsProps) {
  const text = useText('images');
  return (
    <section aria-label={text('run.key.title')} className="flex flex-col gap-2.5">
      <EncryptionNote encryption={encryption} />
      {encryption.opens === 'pem' ? (
        <PathField
          hostId={image.hostId}
          label={text('run.key.pem')}
          hint={text('run.key.pemHint')}
          wants="file"
          offersWhenEmpty={false}
          value={value.pemPath}
          onChange={(pemPath) => onChange({ ...value, pemPath })}
          problem={problem}
        />
      ) : (
        <TextField
          autoFocus
          type="password"
          autoComplete="off"
          maxLength={1024}
          label={text('run.key.passphrase')}
          hint={text('run.key.passphraseHint')}
          value={value.passphrase}
          onChange={(passphrase) => onChange({ ...value, passphrase })}
          problem={problem}
        />
      )}
    </section>
  );
}
