import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Image } from '#core/contract/images.ts';
import type { Verification } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport, isAbort } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { KeyserverField, useKeyserver } from './KeyserverField.tsx';
import { VerificationView } from './VerificationView.tsx';
import { checkVerify, type VerifyForm } from './verifyForm.ts';

export interface VerifyDialogProps {
  readonly image: Image;
  readonly onClose: () => void;
}

/** Verifies an image with the keys of its host at once, and otherwise on demand; nothing goes over the network unasked. */
export function VerifyDialog({ image, onClose }: VerifyDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const host = useHosts((state) => hostOf(state, image.hostId));
  const keyserver = useKeyserver();
  const [form, setForm] = useState<VerifyForm>({ type: 'local', path: '', roots: '' });
  const [isTried, setIsTried] = useState(false);
  const { verification, failure, isRunning, verify } = useVerification(image);
  const checked = checkVerify(form, keyserver);
  const change = (part: Partial<VerifyForm>) => {
    setIsTried(false);
    setForm((old) => ({ ...old, ...part }));
  };
  const begin = useEffectEvent(() => void verify({ type: 'local' }));
  useEffect(() => begin(), []);

  function submit() {
    setIsTried(true);
    if (checked.with !== null) void verify(checked.with);
  }

  return (
    <Dialog
      isOpen
      width="wide"
      onClose={onClose}
      title={text('verify.title', { name: image.name })}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{common('close')}</Button>
          <Button tone="primary" type="submit" isBusy={isRunning}>
            {text(verification === null ? 'verify.submit' : 'verify.again')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Segmented
          label={text('verify.with')}
          value={form.type}
          options={(['local', 'keyserver', 'pem', 'certificate'] as const).map((value) => ({
            value,
            label: text(`verify.${value}`),
          }))}
          onChange={(type) => change({ type })}
        />
        {form.type === 'local' ? (
          <p className="text-small text-ink-2">
            {text('verify.localHint', { host: host?.label ?? image.hostId })}
          </p>
        ) : null}
        {form.type === 'keyserver' ? <KeyserverField hint={text('verify.keyserverHint')} /> : null}
        {form.type === 'pem' || form.type === 'certificate' ? (
          <PathField
            hostId={image.hostId}
            label={text(form.type === 'pem' ? 'verify.pemPath' : 'verify.certificatePath')}
            wants="file"
            offersWhenEmpty={false}
            value={form.path}
            onChange={(path) => change({ path })}
            problem={isTried && checked.problems.path !== null ? text(`file.${checked.problems.path}`) : null}
          />
        ) : null}
        {form.type === 'certificate' ? (
          <PathField
            hostId={image.hostId}
            label={text('verify.roots')}
            hint={text('verify.rootsHint')}
            wants="file"
            offersWhenEmpty={false}
            value={form.roots}
            onChange={(roots) => change({ roots })}
            problem={
              isTried && checked.problems.roots !== null ? text(`file.${checked.problems.roots}`) : null
            }
          />
        ) : null}
        <section aria-label={text('verify.result')} aria-busy={isRunning} aria-live="polite">
          {isRunning ? <Spinner label={text('verify.running')} /> : null}
          {isRunning || failure === null ? null : <ErrorNotice report={failure} />}
          {isRunning || failure !== null || verification === null ? null : (
            <VerificationView verification={verification} />
          )}
        </section>
      </div>
    </Dialog>
  );
}

interface VerificationState {
  readonly verification: Verification | null;
  readonly failure: ErrorReport | null;
  readonly isRunning: boolean;
  readonly verify: (means: Parameters<typeof client.trust.verify>[0]['with']) => Promise<void>;
}

function useVerification({ hostId, path }: Image): VerificationState {
  const queries = useQueryClient();
  const [verification, setVerification] = useState<Verification | null>(null);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  return {
    verification,
    failure,
    isRunning,
    async verify(means) {
      stop.current?.abort();
      const mine = new AbortController();
      stop.current = mine;
      setIsRunning(true);
      setFailure(null);
      try {
        const answer = await client.trust.verify({ hostId, path, with: means }, { signal: mine.signal });
        setVerification(answer);
        await Promise.all([
          queries.invalidateQueries({ queryKey: ['trust.known', hostId] }),
          queries.invalidateQueries({ queryKey: ['trust.verdicts', hostId] }),
        ]);
      } catch (thrown) {
        if (!mine.signal.aborted && !isAbort(thrown)) setFailure(failureReport(thrown));
      } finally {
        if (stop.current === mine) setIsRunning(false);
      }
    },
  };
}
