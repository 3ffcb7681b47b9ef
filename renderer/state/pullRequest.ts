import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { goToPage } from './layout.ts';

/** An image that another page wants pulled. */
export interface PullRequest {
  /** `docker://registry.example.org/lab/tool:1`, by tag or by digest. */
  readonly reference: string;
  readonly form: 'sif' | 'sandbox';
  /** The registry may be asked without encryption. */
  readonly allowHttp: boolean;
}

export interface PullRequestState {
  /** Null when nothing is asked for, or it was taken. */
  readonly request: PullRequest | null;
}

/** What the pull dialog is to be opened with; the images page takes it. */
export const pullRequestStore = createStore<PullRequestState>()(() => ({ request: null }));

/** Asks for the pull dialog, which is the images page's: goes there. */
export function openPull(request: PullRequest): void {
  pullRequestStore.setState({ request });
  goToPage('images');
}

/** The dialog is open: the request is not to be answered again. */
export function taken(): void {
  pullRequestStore.setState({ request: null });
}

/** Selects from the request. */
export function usePullRequest<Value>(select: (state: PullRequestState) => Value): Value {
  return useStore(pullRequestStore, select);
}
