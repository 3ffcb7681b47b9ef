import { ClipboardCopy } from 'lucide-react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { failureReportText, type ReportFacts, type ReportSubject } from '#core/contract/failureReport.ts';
import type { Host } from '#core/contract/hosts.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { addNotice, attempt, noticesStore, useNotices } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';

function close() {
  noticesStore.setState({ shownReport: null });
}

/** A failure in full, opened from its message. */
export function ReportDialog() {
  const text = useText('common');
  const report = useNotices((state) => state.shownReport);
  if (report === null) return null;
  return (
    <Dialog
      isOpen
      onClose={close}
      title={text('details')}
      footer={
        <>
          <Button icon={ClipboardCopy} onClick={() => copyReport(report)}>
            {text('copyReport')}
          </Button>
          <Button onClick={close}>{text('close')}</Button>
        </>
      }
    >
      <ErrorNotice report={report} />
    </Dialog>
  );
}

function copyReport(report: ErrorReport) {
  attempt(async () => {
    const { hosts } = hostsStore.getState();
    const host = hosts.find(({ id }) => id === report.hostId);
    await navigator.clipboard.writeText(failureReportText(report, factsOf(host), subjectOf(hosts, host)));
    const title = textOf('common:copiedReport');
    addNotice({ tone: 'ok', title, detail: null, taskId: null, report: null });
  });
}

function factsOf(host: Host | undefined): ReportFacts {
  if (host?.facts === undefined || host.facts === null) return [];
  const { operatingSystem, kernel, architecture, privilege, runtimes } = host.facts;
  const runtime = runtimes.find(({ isChosen }) => isChosen);
  return [
    { name: 'System', value: `${operatingSystem}, ${kernel}, ${architecture}` },
    { name: 'Runtime', value: runtime === undefined ? 'none' : `${runtime.product} ${runtime.version}` },
    { name: 'Privilege', value: privilege },
  ];
}

/** Every machine's names go, not only those of the one that failed: commands name others. */
function subjectOf(hosts: readonly Host[], host: Host | undefined): ReportSubject {
  const names = hosts
    .filter(({ kind }) => kind === 'ssh')
    .flatMap(({ label, address }) => [label, address ?? '', ...(address ?? '').split(/[@:]/)]);
  return {
    homeFolder: host?.facts?.homeFolder ?? null,
    userName: host?.facts?.userName ?? null,
    hostNames: names.filter((name) => name.length > 2 && !/^\d+$/.test(name)),
  };
}
