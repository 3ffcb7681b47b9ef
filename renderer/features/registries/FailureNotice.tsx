import type { ErrorReport } from '#core/contract/errors.ts';
import { registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { askSignIn, showRegistriesDialog } from './registriesState.ts';

export interface FailureNoticeProps {
  readonly report: ErrorReport;
  readonly registry: RegistrySettings;
  readonly onRetry: () => void;
}

/** What a registry failed with, and the next click: sign in, change its settings, or ask again. */
export function FailureNotice({ report, registry, onRetry }: FailureNoticeProps) {
  const text = useText('registries');
  const { action } = report;
  const edit = () => showRegistriesDialog({ kind: 'edit', registryId: registry.id });
  return (
    <ErrorNotice
      report={report}
      action={
        <>
          {action?.kind === 'signIn' ? (
            <Button
              tone="primary"
              onClick={() => askSignIn(action.registry === '' ? registryHostOf(registry) : action.registry)}
            >
              {text('failure.signIn')}
            </Button>
          ) : null}
          {action?.kind === 'allowHttp' || action?.kind === 'openSettings' ? (
            <Button onClick={edit}>{text(`failure.${action.kind}`)}</Button>
          ) : null}
          <Button onClick={onRetry}>{text('failure.retry')}</Button>
        </>
      }
    />
  );
}
