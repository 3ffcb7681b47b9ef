import { Ban, LockKeyhole, ShieldOff } from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';

/** Whether an image is signed, encrypted or damaged: icon and word. */
export function TrustBadge({ image }: { readonly image: Image }) {
  const text = useText('images');
  if (image.format === 'damaged') {
    return (
      <span title={image.problem ?? undefined}>
        <Badge tone="bad">{text('trust.damaged')}</Badge>
      </span>
    );
  }
  if (image.isEncrypted) {
    return (
      <span title={text('trust.encryptedHint')}>
        <Badge icon={LockKeyhole} tone={image.isSigned ? 'ok' : 'plain'}>
          {text(image.isSigned ? 'trust.signedEncrypted' : 'trust.encrypted')}
        </Badge>
      </span>
    );
  }
  if (image.isSigned) {
    return (
      <span title={text('trust.signedHint')}>
        <Badge tone="ok">{text('trust.signed')}</Badge>
      </span>
    );
  }
  const canBeSigned = image.format === 'sif' || image.format === 'oci-sif';
  return (
    <span title={text(canBeSigned ? 'trust.unsignedHint' : 'trust.unknownHint')}>
      <Badge icon={canBeSigned ? ShieldOff : Ban}>
        {text(canBeSigned ? 'trust.unsigned' : 'trust.unknown')}
      </Badge>
    </span>
  );
}
