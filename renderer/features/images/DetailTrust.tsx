import { useQuery } from '@tanstack/react-query';
import { LockKeyhole } from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { EncryptionNote } from '#renderer/ui/EncryptionNote.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { VerdictBadge } from '#renderer/ui/VerdictBadge.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { isInReach } from './imageActions.ts';
import { useRowWords } from './rowWords.ts';
import { TrustBadge } from './TrustBadge.tsx';
import { useEncryption } from './useEncryption.ts';

export interface DetailTrustProps {
  readonly image: Image;
  /** The bytes were read: whoever walks through the list does not stop here. */
  readonly isSettled: boolean;
}

/** Whether an image is signed, what came of verifying it as it is now, and what opens it when it is encrypted. */
export function DetailTrust({ image, isSettled }: DetailTrustProps) {
  const text = useText('trust');
  const words = useRowWords();
  const { hostId, path, modifiedAt, sizeBytes } = image;
  const canAsk = isSettled && isInReach(image);
  const known = useQuery({
    ...contractQuery({
      path: 'trust.known',
      hostId,
      input: { path, modifiedAt, sizeBytes },
      call: (signal) => client.trust.known({ hostId, paths: [path] }, { signal }),
    }),
    enabled: canAsk && image.isSigned,
  });
  const encryption = useEncryption(image, canAsk);
  const verification = known.data?.verifications[0] ?? null;
  const signers = (verification?.signatures ?? []).flatMap(({ state, userId }) =>
    state === 'valid' && userId !== null ? [userId] : [],
  );
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-1.5">
        {verification === null ? (
          <TrustBadge image={image} verdict={null} words={words} />
        ) : (
          <span
            className="flex gap-1"
            title={text('verdictHint', {
              when: wholeTimeText(verification.verifiedAt),
              text: showControls(verification.text),
            })}
          >
            <VerdictBadge verdict={verification.verdict} />
            {image.isEncrypted ? <Badge icon={LockKeyhole}>{words.encrypted}</Badge> : null}
          </span>
        )}
        {image.isSigned && verification === null ? (
          <span className="text-ink-3" title={text('notVerifiedHint')}>
            {text('verdicts.notVerified')}
          </span>
        ) : null}
        {image.isSigned ? (
          <Button
            tone="quiet"
            className="-my-1"
            disabled={!isInReach(image)}
            onClick={() => openImageWork({ kind: 'verify', image })}
          >
            {text('commands.verify')}
          </Button>
        ) : null}
      </div>
      {signers.length === 0 ? null : (
        <p className="text-pretty text-ink-2">
          {text('signedBy', { signers: signers.map(showControls).join(', ') })}
        </p>
      )}
      {encryption === null ? null : encryption.runsHere.isPossible ? (
        <p className="text-pretty text-ink-2">
          {showControls(encryption.text)} {showControls(encryption.runsHere.text)}
        </p>
      ) : (
        <EncryptionNote encryption={encryption} />
      )}
    </div>
  );
}
