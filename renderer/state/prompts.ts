import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Host, Prompt } from '#core/contract/hosts.ts';
import type { HostId } from '#core/contract/ids.ts';
import { client } from '#renderer/api/client.ts';
import type { Following } from '#renderer/api/follow.ts';
import { isConnecting } from './hosts.ts';

export interface PromptsState {
  /** The questions that wait, longest first. */
  readonly prompts: readonly Prompt[];
  /** Questions that were answered here and that core may still list. */
  readonly answeredIds: ReadonlySet<string>;
  /** The host whose question was answered last: its next one comes before those of others. */
  readonly signingInTo: HostId | null;
}

/** What ssh asks now, on all hosts. Answers are never kept here. */
export const promptsStore = createStore<PromptsState>()(() => ({
  prompts: [],
  answeredIds: new Set(),
  signingInTo: null,
}));

/** Follows core's questions. */
export const promptsFollowing: Following<{ readonly prompts: readonly Prompt[] }> = {
  open: (signal) => client.hosts.watchPrompts(undefined, { signal }),
  onEvent: ({ prompts }) =>
    promptsStore.setState((state) => ({
      prompts: [...prompts].sort((a, b) => a.askedAt - b.askedAt),
      answeredIds: new Set(prompts.map(({ id }) => id).filter((id) => state.answeredIds.has(id))),
    })),
};

/** What the dialog shows: a question, or that a host goes on signing in after one was answered. */
export type PromptView =
  | { readonly kind: 'ask'; readonly hostId: HostId; readonly prompt: Prompt; readonly waiting: number }
  | { readonly kind: 'wait'; readonly hostId: HostId };

/**
 * The view of the dialog, or null where nothing is asked. Between two questions of one host it stays, so that a code
 * that follows a password does not open a second dialog; questions of other hosts wait until that host is through.
 */
export function promptView(state: PromptsState, hosts: readonly Host[]): PromptView | null {
  const open = state.prompts.filter(({ id }) => !state.answeredIds.has(id));
  const { signingInTo } = state;
  const next = open.find(({ hostId }) => hostId === signingInTo);
  const host = hosts.find(({ id }) => id === signingInTo);
  if (next === undefined && host !== undefined && isConnecting(host))
    return { kind: 'wait', hostId: host.id };
  const prompt = next ?? open[0];
  if (prompt === undefined) return null;
  const others = new Set(open.map(({ hostId }) => hostId).filter((id) => id !== prompt.hostId));
  return { kind: 'ask', hostId: prompt.hostId, prompt, waiting: others.size };
}

/**
 * Answers a question; null cancels the attempt to connect. Rejects where core did not take the answer, and the
 * question is then asked again.
 */
export async function answerPrompt(prompt: Prompt, answer: string | null): Promise<void> {
  promptsStore.setState((state) => ({
    answeredIds: new Set([...state.answeredIds, prompt.id]),
    signingInTo: answer === null ? null : prompt.hostId,
  }));
  try {
    await client.hosts.answerPrompt({ id: prompt.id, answer });
  } catch (failure) {
    promptsStore.setState((state) => ({
      answeredIds: new Set([...state.answeredIds].filter((id) => id !== prompt.id)),
    }));
    throw failure;
  }
}

/** No host is signing in any more as far as the dialog is concerned. */
export function endSigningIn(): void {
  if (promptsStore.getState().signingInTo !== null) promptsStore.setState({ signingInTo: null });
}

/** Selects from the questions. */
export function usePrompts<Value>(select: (state: PromptsState) => Value): Value {
  return useStore(promptsStore, select);
}
