import { BadgeCheck, FileCheck2, type LucideIcon, Paperclip, ScrollText } from 'lucide-react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { ImageFacts, Referrer } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { shortDigest } from './registryWords.ts';

const icons: Readonly<Record<Referrer['kind'], LucideIcon>> = {
  signature: BadgeCheck,
  sbom: ScrollText,
  attestation: FileCheck2,
  other: Paperclip,
};

/** What points at the image: signatures, lists of its parts, statements about its making. None of it is verified here. */
export function ImageReferrers({ facts }: { readonly facts: ImageFacts }) {
  const text = useText('registries');
  return (
    <div className="flex flex-col gap-2 pb-3">
      {facts.referrers.length === 0 ? (
        <p className="text-small text-ink-3">{text('image.referrersNone')}</p>
      ) : (
        <ul className="flex flex-col text-small">
          {facts.referrers.map((referrer) => {
            const Icon = icons[referrer.kind];
            return (
              <li
                key={referrer.digest}
                className="flex items-start gap-2 border-b border-line/55 py-1.5 first:pt-0 last:border-b-0"
              >
                <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
                <div className="flex min-w-0 flex-1 flex-col gap-0.5">
                  <span className="flex items-baseline gap-2">
                    <span className="font-semibold">{text(`image.referrerKinds.${referrer.kind}`)}</span>
                    <span className="font-mono text-code text-ink-3" title={showControls(referrer.digest)}>
                      {shortDigest(referrer.digest)}
                    </span>
                    <span className="ml-auto shrink-0 tabular-nums">{formatBytes(referrer.sizeBytes)}</span>
                  </span>
                  <bdi dir="ltr" className="font-mono text-code [overflow-wrap:anywhere] text-ink-2">
                    {showControls(referrer.artifactType)}
                  </bdi>
                  {referrer.annotations.map(({ name, value }) => (
                    <bdi key={name} dir="ltr" className="line-clamp-3 [overflow-wrap:anywhere] text-ink-3">
                      {showControls(`${name}: ${value}`)}
                    </bdi>
                  ))}
                </div>
                <CopyButton value={referrer.digest} label={text('image.copyDigest')} />
              </li>
            );
          })}
        </ul>
      )}
      {facts.referrersNote === null ? null : (
        <p className="text-small text-pretty text-ink-2">{showControls(facts.referrersNote)}</p>
      )}
    </div>
  );
}
