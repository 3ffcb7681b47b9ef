import { LockKeyhole, ShieldOff } from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import type { RowWords } from './rowWords.ts';

/** Whether an image is signed, encrypted or damaged: icon and word. */
export function TrustBadge({ image, words }: { readonly image: Image; readonly words: RowWords }) {
  if (image.format === 'damaged') {
    return (
      <span title={image.problem ?? undefined}>
        <Badge tone="bad">{words.damaged}</Badge>
      </span>
    );
  }
  if (image.isSigned) {
    return (
      <span
        className="flex gap-1"
        title={image.isEncrypted ? `${words.signedHint} ${words.encryptedHint}` : words.signedHint}
      >
        <Badge tone="ok">{words.signed}</Badge>
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
  const canBeSigned = image.format === 'sif' || image.format === 'oci-sif';
  return (
    <span title={canBeSigned ? words.unsignedHint : words.unsignableHint}>
      <Badge icon={ShieldOff}>{words.unsigned}</Badge>
    </span>
  );
}
