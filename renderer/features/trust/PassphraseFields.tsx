import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { passphraseStrength } from './passphraseStrength.ts';

/** What the contract takes at most; a field with one line cannot hold the control characters that it refuses. */
export const longestPassphrase = 1024;

export interface TypedPassphrase {
  readonly passphrase: string;
  readonly again: string;
}

export const noPassphrase: TypedPassphrase = { passphrase: '', again: '' };

/** Whether a new passphrase was typed twice and alike. */
export function isTypedTwice({ passphrase, again }: TypedPassphrase): boolean {
  return passphrase !== '' && passphrase === again;
}

export interface PassphraseFieldsProps {
  readonly value: TypedPassphrase;
  readonly onChange: (value: TypedPassphrase) => void;
  /** Says what is missing, after a first try. */
  readonly isTried: boolean;
}

const tones = { weak: 'warn', fair: 'plain', strong: 'ok' } as const;

/** A new passphrase, twice, with a hint on how hard it is to guess. */
export function PassphraseFields({ value, onChange, isTried }: PassphraseFieldsProps) {
  const text = useText('trustForms');
  const { passphrase, again } = value;
  const strength = passphraseStrength(passphrase);
  const differ = again !== '' && passphrase !== again;
  return (
    <div className="flex flex-col gap-2">
      <div className="grid grid-cols-2 gap-3">
        <TextField
          type="password"
          autoComplete="new-password"
          maxLength={longestPassphrase}
          label={text('passphrase.label')}
          value={passphrase}
          onChange={(typed) => onChange({ ...value, passphrase: typed })}
          problem={isTried && passphrase === '' ? text('passphrase.missing') : null}
        />
        <TextField
          type="password"
          autoComplete="new-password"
          maxLength={longestPassphrase}
          label={text('passphrase.again')}
          value={again}
          onChange={(typed) => onChange({ ...value, again: typed })}
          problem={differ || (isTried && passphrase !== again) ? text('passphrase.differ') : null}
        />
      </div>
      <p role="status" className="flex min-h-5 items-center gap-2 text-small text-ink-2">
        {passphrase === '' ? null : (
          <>
            <span className="sr-only">{text('passphrase.strengthName')}</span>
            <Badge tone={tones[strength]}>{text(`passphrase.strengthWords.${strength}`)}</Badge>
            {text(`passphrase.strength.${strength}`)}
          </>
        )}
      </p>
      <p className="text-small text-ink-3">{text('passphrase.notStored')}</p>
    </div>
  );
}
