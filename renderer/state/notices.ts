import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { TaskId } from '#core/contract/ids.ts';
import { failureReport, isAbort } from '#renderer/api/failure.ts';

/** Something that ended or went wrong, for the bell and for a message that passes. */
export interface Notice {
  readonly id: number;
  readonly at: number;
  readonly tone: 'ok' | 'bad' | 'plain';
  readonly title: string;
  readonly detail: string | null;
  /** The task that it is about. */
  readonly taskId: TaskId | null;
  /** The failure that it is about. */
  readonly report: ErrorReport | null;
}

export interface NoticesState {
  /** Newest first, at most 100. */
  readonly notices: readonly Notice[];
  /** Number of the newest notice that the person has seen in the bell. */
  readonly seenId: number;
  /** The failure that is shown in full, in a dialog. */
  readonly shownReport: ErrorReport | null;
}

const limit = 100;

/** What the person was told. */
export const noticesStore = createStore<NoticesState>()(() => ({
  notices: [],
  seenId: 0,
  shownReport: null,
}));

/** Tells the person something. */
export function addNotice(notice: Omit<Notice, 'id' | 'at'>): void {
  noticesStore.setState((state) => ({
    notices: [
      { ...notice, id: (state.notices[0]?.id ?? state.seenId) + 1, at: Date.now() },
      ...state.notices,
    ].slice(0, limit),
  }));
}

/** Tells the person that something failed; for failures that have no place of their own on the page. */
export function reportFailure(thrown: unknown): void {
  if (isAbort(thrown)) return;
  const report = failureReport(thrown);
  // Whoever cancels a question knows that nothing came of it.
  if (report.code === 'host.promptCancelled') return;
  addNotice({ tone: 'bad', title: report.title, detail: report.cause, taskId: null, report });
}

/** Runs a click's work; its failure is told to the person. */
export function attempt(work: () => Promise<unknown>): void {
  work().catch(reportFailure);
}

/** Selects from the notices. */
export function useNotices<Value>(select: (state: NoticesState) => Value): Value {
  return useStore(noticesStore, select);
}

/** Tells in passing that something was done. */
export function tell(title: string, detail: string | null = null): void {
  addNotice({ tone: 'ok', title, detail, taskId: null, report: null });
}
