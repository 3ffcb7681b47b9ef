import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ClipboardCopy, Monitor, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { Host } from '#core/contract/hosts.ts';
import { formatDuration } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { currentHost, useHosts } from '#renderer/state/hosts.ts';
import { addNotice, attempt } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostDot } from '#renderer/ui/HostDot.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { agoText, useNow } from '#renderer/ui/when.ts';
import { adminMessage } from './adminMessage.ts';
import { HostFactsPane } from './HostFactsPane.tsx';
import { VerdictRow } from './VerdictRow.tsx';

/** What works on the shown host, why, and what would mend the rest. */
export function HostsPage() {
  const text = useText('hosts');
  const host = useHosts(currentHost);
  if (host === null) return <EmptyState icon={Monitor} title={text('none')} text={text('noneText')} />;
  return <HostPage key={host.id} host={host} />;
}

function HostPage({ host }: { readonly host: Host }) {
  const text = useText('hosts');
  const now = useNow(5000);
  const [isChecking, setIsChecking] = useState(false);
  // Each check of the host asks for new verdicts; the old ones stay until they are here.
  const doctor = useQuery({
    ...contractQuery({
      path: 'hosts.doctor',
      hostId: host.id,
      input: host.facts?.checkedAt ?? null,
      call: (signal) => client.hosts.doctor({ hostId: host.id }, { signal }),
    }),
    placeholderData: keepPreviousData,
  });
  const { facts } = host;

  function check() {
    setIsChecking(true);
    attempt(async () => {
      try {
        await client.hosts.check({ hostId: host.id });
      } finally {
        setIsChecking(false);
      }
    });
  }

  function copyForAdmin() {
    attempt(async () => {
      await navigator.clipboard.writeText(adminMessage(host, doctor.data?.verdicts ?? []));
      addNotice({ tone: 'ok', title: text('copiedForAdmin'), detail: null, taskId: null, report: null });
    });
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        title={host.label}
        lead={<HostDot colour={host.colour} />}
        detail={
          facts === null
            ? text('checking')
            : text('detail', {
                system: facts.operatingSystem,
                kernel: facts.kernel,
                architecture: facts.architecture,
                ago: agoText(facts.checkedAt, now),
                took: shortTime(facts.durationMs),
              })
        }
      >
        <Button icon={ClipboardCopy} disabled={doctor.data === undefined} onClick={copyForAdmin}>
          {text('copyForAdmin')}
        </Button>
        <Button tone="primary" icon={RefreshCw} isBusy={isChecking} onClick={check}>
          {text('checkAgain')}
        </Button>
      </PageHeader>
      <div className="min-h-0 flex-1 border-t border-line">
        <SplitPane
          id="hosts"
          secondSize={38}
          first={
            <div className="h-full overflow-auto">
              {doctor.isPending ? (
                <p className="flex items-center gap-2 p-3 text-ink-2">
                  <Spinner label={text('checking')} />
                  {text('checking')}
                </p>
              ) : null}
              {doctor.error === null ? null : (
                <div className="p-3">
                  <ErrorNotice
                    report={failureReport(doctor.error)}
                    action={<Button onClick={() => void doctor.refetch()}>{text('checkAgain')}</Button>}
                  />
                </div>
              )}
              <ul>
                {(doctor.data?.verdicts ?? []).map((verdict) => (
                  <VerdictRow key={verdict.id} verdict={verdict} />
                ))}
              </ul>
            </div>
          }
          second={<HostFactsPane host={host} />}
        />
      </div>
    </div>
  );
}

/** A probe takes a moment: tenths of a second tell more than `0 s`. */
function shortTime(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)} s` : formatDuration(durationMs / 1000);
}
