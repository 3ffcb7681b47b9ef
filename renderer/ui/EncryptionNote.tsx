import { LockKeyhole, TriangleAlert } from 'lucide-react';
import type { Encryption } from '#core/contract/trust.ts';
import { classNames } from './classNames.ts';
import { showControls } from './hostileText.ts';

/** How an image is encrypted, what opens it, and whether its host can. */
export function EncryptionNote({ encryption }: { readonly encryption: Encryption }) {
  const canOpen = encryption.runsHere.isPossible;
  const Icon = canOpen ? LockKeyhole : TriangleAlert;
  return (
    <p
      className={classNames(
        'flex gap-2 rounded-control p-2.5 text-small',
        canOpen ? 'bg-panel' : 'bg-warn-soft',
      )}
    >
      <Icon
        aria-hidden
        className={classNames('mt-px size-4 shrink-0', canOpen ? 'text-ink-2' : 'text-warn')}
      />
      <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">
        {showControls(encryption.text)} {showControls(encryption.runsHere.text)}
      </span>
    </p>
  );
}
