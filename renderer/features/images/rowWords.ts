import { useMemo } from 'react';
import type { ImageFormat } from '#core/contract/images.ts';
import type { ImageVerdict } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { wholeMoment } from './when.ts';

/** The words of the table's rows. */
export interface RowWords {
  readonly formats: Readonly<Record<ImageFormat, string>>;
  readonly signed: string;
  readonly verdicts: Readonly<Record<ImageVerdict['verdict'], string>>;
  readonly verdictHint: (verdict: ImageVerdict) => string;
  readonly signedHint: string;
  readonly unsigned: string;
  readonly unsignedHint: string;
  readonly unsignableHint: string;
  readonly encrypted: string;
  readonly encryptedHint: string;
  readonly damaged: string;
  readonly otherArchitecture: (architecture: string) => string;
  readonly old: (host: string) => string;
}

/** Looks the words up once: a hook in each cell would cost more than all the rest of scrolling. */
export function useRowWords(): RowWords {
  const text = useText('images');
  const trust = useText('trust');
  return useMemo(
    () => ({
      formats: {
        sif: text('formats.sif'),
        'oci-sif': text('formats.oci-sif'),
        squashfs: text('formats.squashfs'),
        ext3: text('formats.ext3'),
        sandbox: text('formats.sandbox'),
        workspace: text('formats.workspace'),
        damaged: text('formats.damaged'),
      },
      signed: text('trust.signed'),
      verdicts: {
        valid: trust('verdicts.valid'),
        partial: trust('verdicts.partial'),
        unsigned: trust('verdicts.unsigned'),
        unknownKey: trust('verdicts.unknownKey'),
        expired: trust('verdicts.expired'),
        revoked: trust('verdicts.revoked'),
        tampered: trust('verdicts.tampered'),
        invalid: trust('verdicts.invalid'),
        needsKey: trust('verdicts.needsKey'),
        legacy: trust('verdicts.legacy'),
      },
      verdictHint: ({ signers, verifiedAt }: ImageVerdict) => {
        const when = wholeMoment(verifiedAt) ?? '';
        return signers.length === 0
          ? text('trust.checkedHint', { when })
          : text('trust.verifiedHint', { when, signers: signers.map(showControls).join(', ') });
      },
      signedHint: text('trust.signedHint'),
      unsigned: text('trust.unsigned'),
      unsignedHint: text('trust.unsignedHint'),
      unsignableHint: text('trust.unsignableHint'),
      encrypted: text('trust.encrypted'),
      encryptedHint: text('trust.encryptedHint'),
      damaged: text('trust.damaged'),
      otherArchitecture: (architecture: string) => text('otherArchitecture', { architecture }),
      old: (host: string) => text('away.oldRow', { host }),
    }),
    [text, trust],
  );
}
