import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { hostsPageStore } from './hostsState.ts';

export interface ReasonActionsProps {
  readonly host: Host;
  readonly report: ErrorReport;
}

/** The next click after a line was refused or cut, as its report proposes. Connecting again is the header's button. */
export function ReasonActions({ host, report }: ReasonActionsProps) {
  const text = useText('hosts');
  switch (report.action?.kind) {
    case 'editHost':
      return <Button onClick={() => hostsPageStore.setState({ tab: 'settings' })}>{text('edit')}</Button>;
    case 'installRuntime':
      return (
        <Button onClick={() => attempt(() => openTerminal({ kind: 'install', hostId: host.id }))}>
          {text('getRuntime')}
        </Button>
      );
    default:
      return null;
  }
}
