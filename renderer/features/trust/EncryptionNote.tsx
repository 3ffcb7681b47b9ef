import { LockKeyhole } from 'lucide-react';
import type { Encryption } from '#core/contract/trust.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

/** How an image is encrypted, what opens it, and whether its host can. */
export function EncryptionNote({ encryption }: { readonly encryption: Encryption }) {
  return (
    <p className="flex gap-2 rounded-control bg-warn-soft p-2.5 text-small">
      <LockKeyhole aria-hidden className="mt-px size-4 shrink-0 text-warn" />
      <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">
        {showControls(encryption.text)} {showControls(encryption.runsHere.text)}
      </span>
    </p>
  );
}
