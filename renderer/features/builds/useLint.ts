import { useEffect } from 'react';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { chosenRuntime, hostOf, hostsStore, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { buildsStore, type OpenDocument } from './buildsState.ts';

const typingPauseMs = 150;
/** As `definitions.lint` takes it. Its own constant would bring the schemas along. */
const longestText = 1_048_576;

/** Asks core about a document's text when the typing pauses. An answer about an older text is dropped. */
export function useLint(document: OpenDocument | null): void {
  const hostId = useHosts((state) => lintHost(state.currentId));
  const id = document?.id ?? null;
  const text = document === null || document.isDockerfile ? null : document.text;
  useEffect(() => {
    if (id === null || text === null || text.length > longestText) return;
    if (buildsStore.getState().lints[id]?.text === text) return;
    const stop = new AbortController();
    const timer = setTimeout(() => void lint({ id, text, hostId }, stop.signal), typingPauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, text, hostId]);
}

/** The host that pages show, where it has a runtime; null lints for the newest ones. */
function lintHost(currentId: HostId): HostId | null {
  const host = hostOf(hostsStore.getState(), currentId) ?? hostOf(hostsStore.getState(), localHostId);
  return host !== null && isReachable(host) && chosenRuntime(host) !== null ? host.id : null;
}

interface LintQuestion {
  readonly id: string;
  readonly text: string;
  readonly hostId: HostId | null;
}

async function lint({ id, text, hostId }: LintQuestion, signal: AbortSignal): Promise<void> {
  try {
    const { findings, outline } = await client.definitions.lint(
      { text, hostId, buildArguments: {} },
      { signal },
    );
    if (signal.aborted) return;
    buildsStore.setState(({ lints }) => ({
      lints: { ...lints, [id]: { text, findings, outline } },
      lintFailure: null,
    }));
  } catch (thrown) {
    if (signal.aborted) return;
    const report = failureReport(thrown);
    // Away, or without a runtime: the rules of the newest ones serve.
    if (hostId !== null && /^(?:host|runtime)\./.test(report.code)) {
      await lint({ id, text, hostId: null }, signal);
      return;
    }
    buildsStore.setState({ lintFailure: report });
  }
}
