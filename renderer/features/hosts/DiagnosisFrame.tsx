import { Stethoscope } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Diagnosis, Host } from '#core/contract/hosts.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { ConnectionButton } from './ConnectionButton.tsx';
import { OldNote } from './OldNote.tsx';
import { useDiagnosis } from './useDiagnosis.ts';

export interface DiagnosisFrameProps {
  readonly host: Host;
  readonly children: (diagnosis: Diagnosis) => ReactNode;
}

/** What is shown of a diagnosis, or what stands in its place: not known yet, being asked, failed. */
export function DiagnosisFrame({ host, children }: DiagnosisFrameProps) {
  const text = useText('hosts');
  const { data, error, refetch } = useDiagnosis(host);
  if (error !== null) {
    return (
      <div className="px-3">
        <ErrorNotice
          report={failureReport(error)}
          action={<Button onClick={() => void refetch()}>{text('checkAgain')}</Button>}
        />
      </div>
    );
  }
  if (data !== undefined) {
    return (
      <>
        <OldNote host={host} className="mx-3 mb-2" />
        {children(data)}
      </>
    );
  }
  if (!isReachable(host)) {
    return (
      <EmptyState
        icon={Stethoscope}
        title={text('doctorNever')}
        text={text('doctorNeverText', { host: host.label })}
      >
        <ConnectionButton host={host} />
      </EmptyState>
    );
  }
  return (
    <p className="flex items-center gap-2 px-3 text-ink-2">
      <Spinner label={text('checking')} />
      {text('checking')}
    </p>
  );
}
