import { CloudOff } from 'lucide-react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { ImageEvent } from '#core/contract/images.ts';
import { useFollow } from '#renderer/api/follow.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, isConnecting, isReachable } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { awayTitle } from './awayWords.ts';
import { FolderProblems } from './FolderProblems.tsx';
import { imageListOf, useImages } from './imagesState.ts';
import { noVerdicts, useImageVerdicts } from './imageVerdicts.ts';
import { watchImages } from './imageWatch.ts';

export interface HostFeedProps {
  readonly host: Host;
  /** Only this host's images are shown. Among others, hosts that are away are named together. */
  readonly isAlone: boolean;
}

/**
 * Feeds the list of a host while the host can be asked, keeps it arranged as the person wants, and says above the
 * list what is wrong with it.
 */
export function HostFeed({ host, isAlone }: HostFeedProps) {
  const text = useText('images');
  const list = imageListOf(host.id);
  const { failure, followAgain } = useFeed(host);
  const { folders, count } = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const isAway = !isReachable(host);
  if (isAway) return isAlone && count > 0 ? <OldRowsNote host={host} /> : null;
  return (
    <>
      {failure === null ? null : (
        <div className="px-3 pb-2">
          <ErrorNotice report={failure} action={<Button onClick={followAgain}>{text('readAgain')}</Button>} />
        </div>
      )}
      <FolderProblems host={host} isHostNamed={!isAlone} folders={folders} />
    </>
  );
}

function useFeed(host: Host): {
  /** Why core gives no list. */
  readonly failure: ErrorReport | null;
  readonly followAgain: () => void;
} {
  const list = imageListOf(host.id);
  const view = useImages(useShallow(({ text, chip, sort }) => ({ text, chip, sort })));
  const hostArchitecture = host.facts?.architecture ?? null;
  const [attempt, setAttempt] = useState(0);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  useFollow<ImageEvent>(isReachable(host) ? `${host.id} ${attempt}` : null, {
    open: (signal) => watchImages(host.id, signal),
    onEvent: (event) => {
      setFailure(null);
      list.apply(event);
    },
    onFailure: setFailure,
  });
  const hosts = useMemo(() => [host], [host]);
  const known = useImageVerdicts(hosts);
  const verdicts = view.chip === 'verified' || view.chip === 'tampered' ? known : noVerdicts;
  useEffect(() => {
    const { text, chip, sort } = view;
    list.setView({ sort, filter: { text, chip, hostArchitecture, verdicts } });
  }, [list, view, hostArchitecture, verdicts]);
  return { failure, followAgain: () => setAttempt(attempt + 1) };
}

/** The rows of a host that is away stay, and this says that they are old. */
function OldRowsNote({ host }: { readonly host: Host }) {
  const text = useText('images');
  const { reason } = host.connection;
  return (
    <section role="status" className="mx-3 mb-2 flex items-center gap-2.5 rounded-control bg-warn-soft p-2.5">
      <CloudOff aria-hidden className="size-4 shrink-0 self-start text-warn" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{awayTitle(host)}</p>
        <p className="text-small text-pretty [overflow-wrap:anywhere] text-ink-2">
          {reason === null ? null : `${reason.cause} `}
          {text('away.old')}
        </p>
      </div>
      <Button isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
        {text('away.reconnect')}
      </Button>
    </section>
  );
}
