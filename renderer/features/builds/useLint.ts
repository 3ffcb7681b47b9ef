import { useEffect } from 'react';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { chosenRuntime, hostOf, hostsStore, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { buildsStore, type OpenDocument, useBuilds } from './buildsState.ts';

const typingPauseMs = 150;
/** As `definitions.lint` takes it. Its own constant would bring the schemas along. */
const longestText = 1_048_576;

/** Asks core about a document's text when the typing pauses. An answer about an older text is dropped. */
export function useLint(document: OpenDocument | null): void {
  const id = document?.id ?? null;
  const asked = useBuilds((state) => (id === null ? null : (state.asked[id] ?? null)));
  const hostId = useHosts((state) => lintHost(asked?.hostId ?? state.currentId));
  const builder = JSON.stringify({ hostId, buildArguments: asked?.buildArguments ?? {} });
  const text = document === null || document.isDockerfile ? null : document.text;
  useEffect(() => {
    if (id === null || text === null || text.length > longestText) return;
    const known = buildsStore.getState().lints[id];
    if (known?.text === text && known.builder === builder) return;
    const stop = new AbortController();
    const timer = setTimeout(() => void lint({ id, text, hostId, builder }, stop.signal), typingPauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, text, hostId, builder]);
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
  readonly builder: string;
}

async function lint(question: LintQuestion, signal: AbortSignal): Promise<void> {
  const { id, text, hostId, builder } = question;
  const buildArguments = buildsStore.getState().asked[id]?.buildArguments ?? {};
  try {
    const { findings, outline } = await client.definitions.lint({ text, hostId, buildArguments }, { signal });
    if (signal.aborted) return;
    buildsStore.setState(({ lints }) => ({
      lints: { ...lints, [id]: { text, builder, findings, outline } },
      lintFailure: null,
    }));
  } catch (thrown) {
    if (signal.aborted) return;
    const report = failureReport(thrown);
    // Away, or without a runtime: the rules of the newest ones serve.
    if (hostId !== null && /^(?:host|runtime)\./.test(report.code)) {
      await lint({ ...question, hostId: null }, signal);
      return;
    }
    buildsStore.setState({ lintFailure: report });
  }
}
