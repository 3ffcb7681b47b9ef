import { LockKeyhole, PenLine, ShieldOff } from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import type { ImageVerdict } from '#core/contract/trust.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { verdictIcons, verdictTones } from '#renderer/ui/VerdictBadge.tsx';
import type { RowWords } from './rowWords.ts';

export interface TrustBadgeProps {
  readonly image: Image;
  /** What verifying it as it is now found; null where nobody has. */
  readonly verdict: ImageVerdict | null;
  readonly words: RowWords;
}

/** Whether an image is verified, signed, encrypted or damaged: icon and word. */
export function TrustBadge({ image, verdict, words }: TrustBadgeProps) {
  if (image.format === 'damaged') {
    return (
      <span title={image.problem ?? undefined}>
        <Badge tone="bad">{words.damaged}</Badge>
      </span>
    );
  }
  if (image.isSigned) {
    const hint = verdict === null ? words.signedHint : words.verdictHint(verdict);
    return (
      <span className="flex gap-1" title={image.isEncrypted ? `${hint} ${words.encryptedHint}` : hint}>
        {verdict === null ? (
          <Badge icon={PenLine}>{words.signed}</Badge>
        ) : (
          <Badge tone={verdictTones[verdict.verdict]} icon={verdictIcons[verdict.verdict]}>
            {words.verdicts[verdict.verdict]}
          </Badge>
        )}
        {image.isEncrypted ? (
          <Badge icon={LockKeyhole}>
            <span className="sr-only">{words.encrypted}</span>
          </Badge>
        ) : null}
      </span>
    );
  }
  if (image.isEncrypted) {
    return (
      <span title={words.encryptedHint}>
        <Badge icon={LockKeyhole}>{words.encrypted}</Badge>
      </span>
    );
  }
  const canBeSigned = ['sif', 'oci-sif', 'workspace'].includes(image.format);
  return (
    <span title={canBeSigned ? words.unsignedHint : words.unsignableHint}>
      <Badge icon={ShieldOff}>{words.unsigned}</Badge>
    </span>
  );
}
