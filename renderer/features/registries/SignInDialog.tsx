import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { KeepChoice } from './KeepChoice.tsx';
import { afterSigningIn, tell } from './registryActions.ts';
import { useAccess } from './useAccess.ts';

export interface SignInDialogProps {
  /** Host and port. */
  readonly registry: string;
  readonly allowHttp: boolean;
  readonly taskId: TaskId | null;
  readonly onClose: () => void;
}

/** Asks who the person is to a registry; the registry is asked before anything is kept. */
export function SignInDialog({ registry, allowHttp, taskId, onClose }: SignInDialogProps) {
  const text = useText('registriesForms');
  const common = useText('common');
  const { data: access } = useAccess(registry);
  const [typedUser, setTypedUser] = useState<string | null>(null);
  const [password, setPassword] = useState('');
  const [keep, setKeep] = useState<'session' | 'keychain'>('session');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const userName = typedUser ?? access?.userName ?? '';
  const name = showControls(registry);

  async function signIn() {
    if (isBusy || userName === '' || password === '') return;
    setIsBusy(true);
    setFailure(null);
    try {
      await client.registries.signIn({ registry, credentials: { userName, password }, allowHttp, keep });
      afterSigningIn(registry, taskId);
      tell(textOf('registriesForms:signIn.done', { registry: name, user: userName }));
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  return (
    <Dialog
      isOpen
      isHeld
      width="narrow"
      onClose={onClose}
      title={text('signIn.title', { registry: name })}
      description={text('signIn.description')}
      onSubmit={() => void signIn()}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={userName === '' || password === ''}>
            {text(taskId === null ? 'signIn.submit' : 'signIn.submitAndRetry')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField
          autoFocus
          autoComplete="username"
          label={text('signIn.user')}
          value={userName}
          onChange={setTypedUser}
        />
        <TextField
          type="password"
          autoComplete="current-password"
          label={text('signIn.password')}
          value={password}
          onChange={(value) => {
            setPassword(value);
            setFailure(null);
          }}
        />
        <KeepChoice keychain={access?.keychain ?? null} value={keep} onChange={setKeep} />
        {failure === null ? null : <ErrorNotice report={inWordsOfSigningIn(failure, name)} />}
        <p className="text-small text-ink-3">{text('signIn.files')}</p>
      </div>
    </Dialog>
  );
}

/** A refusal is no call to sign in, where that is what was just tried. */
function inWordsOfSigningIn(report: ErrorReport, registry: string): ErrorReport {
  if (report.code !== 'registry.unauthorized' && report.code !== 'registry.forbidden') return report;
  return {
    ...report,
    title: textOf('registriesForms:signIn.refused', { registry }),
    cause: textOf('registriesForms:signIn.refusedCause'),
    nextStep: textOf('registriesForms:signIn.refusedNext'),
  };
}
