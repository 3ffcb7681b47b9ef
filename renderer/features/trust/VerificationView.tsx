import { TriangleAlert } from 'lucide-react';
import type { Signature, Verification } from '#core/contract/trust.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { Badge, type BadgeTone } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { VerdictBadge } from '#renderer/ui/VerdictBadge.tsx';
import { Fingerprint } from './Fingerprint.tsx';
import { originWords } from './keyWords.ts';
import { ObjectNames } from './ObjectNames.tsx';
import { showTrustDialog } from './trustState.ts';

/** What verifying found: the verdict in words, each signature, and what none of them covers. */
export function VerificationView({ verification }: { readonly verification: Verification }) {
  const text = useText('trustForms');
  const trust = useText('trust');
  const { verdict, signatures, notCovered } = verification;
  const holds = verdict === 'valid' || verdict === 'partial' || verdict === 'legacy';
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-2">
        <VerdictBadge verdict={verdict} />
        <div className="min-w-0 flex-1 text-pretty [overflow-wrap:anywhere]">
          <p>{showControls(verification.text)}</p>
          {holds ? <p className="font-semibold">{trust('isNotTrust')}</p> : null}
        </div>
      </div>
      {signatures.length === 0 ? null : (
        <ul aria-label={text('verify.signatures')} className="flex flex-col gap-2">
          {signatures.map((signature) => (
            <OneSignature key={signature.id} hostId={verification.hostId} signature={signature} />
          ))}
        </ul>
      )}
      {notCovered.length === 0 || signatures.length === 0 ? null : (
        <section className="flex gap-2 rounded-control bg-warn-soft p-2.5 text-small">
          <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" />
          <div className="min-w-0">
            <h3 className="font-semibold">{text('verify.notCovered')}</h3>
            <ObjectNames label={text('verify.notCovered')} objects={notCovered} />
          </div>
        </section>
      )}
    </div>
  );
}

const tones: Readonly<Record<Signature['state'], BadgeTone>> = {
  valid: 'ok',
  unknownKey: 'warn',
  expired: 'warn',
  revoked: 'bad',
  tampered: 'bad',
  invalid: 'bad',
  needsKey: 'warn',
  notChecked: 'plain',
};

interface OneSignatureProps {
  readonly hostId: Verification['hostId'];
  readonly signature: Signature;
}

function OneSignature({ hostId, signature }: OneSignatureProps) {
  const text = useText('trustForms');
  const trust = useText('trust');
  const { id, group, state, kind, reason, fingerprint } = signature;
  const name = text('verify.signature', { id });
  return (
    <li className="flex flex-col gap-2 rounded-control border border-line bg-panel p-2.5">
      <div className="flex items-center gap-2">
        <h3 className="font-semibold">{name}</h3>
        {group === null ? null : (
          <span className="text-small text-ink-3">{text('verify.group', { id: group })}</span>
        )}
        <span className="flex-1" />
        <Badge tone={tones[state]}>{trust(`signatureStates.${state}`)}</Badge>
      </div>
      <DefinitionList items={useFacts(signature)} />
      {kind === 'legacy' ? <p className="text-small text-ink-2">{text('verify.legacy')}</p> : null}
      {reason === null ? null : (
        <p className="font-mono text-code [overflow-wrap:anywhere] text-ink-2">{showControls(reason)}</p>
      )}
      {state === 'unknownKey' && fingerprint !== null ? (
        <Button
          className="self-start"
          onClick={() => {
            openImageWork(null);
            showTrustDialog({ kind: 'search', hostId, term: `0x${fingerprint}` });
          }}
        >
          {text('verify.findKey')}
        </Button>
      ) : null}
    </li>
  );
}

function useFacts(signature: Signature): readonly Definition[] {
  const text = useText('trustForms');
  const trust = useText('trust');
  const { fingerprint, userId, kind, keyLocation, keyOrigin, covers } = signature;
  const signer = userId ?? (kind === 'pem' ? text('verify.pemKind') : text('verify.unknownSigner'));
  return [
    { term: text('verify.signer'), value: <bdi dir="ltr">{showControls(signer)}</bdi> },
    ...(fingerprint === null
      ? []
      : [
          {
            term: text('verify.fingerprint'),
            value: (
              <span className="flex items-start gap-1">
                <Fingerprint value={fingerprint} />
                <span className="-my-0.5">
                  <CopyButton value={fingerprint} label={trust('copyFingerprint')} />
                </span>
              </span>
            ),
          },
        ]),
    ...(keyLocation === null
      ? []
      : [
          {
            term: text('verify.keyFrom'),
            value:
              keyOrigin === null
                ? trust(`locations.${keyLocation}`)
                : text('verify.keyFromWords', {
                    location: trust(`locations.${keyLocation}`),
                    origin: originWords(keyOrigin),
                  }),
          },
        ]),
    {
      term: text('verify.covers'),
      value:
        covers.length === 0 ? (
          text('verify.coversNothing')
        ) : (
          <ObjectNames label={text('verify.covers')} objects={covers} />
        ),
    },
  ];
}
