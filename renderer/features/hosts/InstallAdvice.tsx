import { useQuery } from '@tanstack/react-query';
import { ExternalLink, SquareTerminal } from 'lucide-react';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';

/** How to get a runtime on a host's distribution, with a button that types the command into a terminal. */
export function InstallAdvice({ hostId }: { readonly hostId: HostId }) {
  const text = useText('welcome');
  const advice = useQuery(
    contractQuery({
      path: 'hosts.installAdvice',
      hostId,
      call: (signal) => client.hosts.installAdvice({ hostId }, { signal }),
    }),
  );
  if (advice.error !== null) return <ErrorNotice report={failureReport(advice.error)} />;
  if (advice.data === undefined) return <Spinner />;
  const { commands, distribution, note, link } = advice.data;
  return (
    <div className="flex flex-col gap-2">
      {commands === null ? (
        <p className="text-ink-2">{text('missingUnknown', { distribution })}</p>
      ) : (
        <>
          <p className="text-ink-2">{text('missingText', { distribution })}</p>
          {commands.map((command) => (
            <CommandLine key={command} command={command} />
          ))}
        </>
      )}
      {note === '' ? null : <p className="text-small text-pretty text-ink-2">{note}</p>}
      <div className="flex flex-wrap items-center gap-3">
        {commands === null ? null : (
          <Button
            tone="primary"
            icon={SquareTerminal}
            onClick={() => attempt(() => openTerminal({ kind: 'install', hostId }))}
          >
            {text('install')}
          </Button>
        )}
        <a
          href={link}
          target="_blank"
          rel="noreferrer noopener"
          className="inline-flex items-center gap-1 rounded-small text-accent hover:underline"
        >
          {text('instructions')}
          <ExternalLink aria-hidden className="size-3.5" />
        </a>
      </div>
      {commands === null ? null : <p className="text-small text-pretty text-ink-3">{text('installHint')}</p>}
    </div>
  );
}
