import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { BuildRecord } from '#core/contract/builds.ts';
import type { ConvertedDockerfile, Finding, Outline } from '#core/contract/definitions.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, TaskId } from '#core/contract/ids.ts';
import { buildChoiceStore } from '#renderer/state/buildChoice.ts';
import { lineNow } from './lineNow.ts';

/** A file of a host. */
export interface FilePlace {
  readonly hostId: HostId;
  readonly path: HostPath;
}

/** A definition file as it is being edited. */
export interface OpenDocument {
  /** Of this window: `1`, `2`. */
  readonly id: string;
  /** The machine on which it is, or will be, a file. */
  readonly hostId: HostId;
  /** Null until it is saved for the first time. */
  readonly path: HostPath | null;
  /** Name of the file, or what an unsaved one is called. */
  readonly name: string;
  readonly text: string;
  /** What the disk had when it was last read or written. */
  readonly savedText: string;
  /** As `definitions.read` or `write` said; null for a file that is not there yet. */
  readonly modifiedAt: number | null;
  /** What somebody else wrote since; the person decides. */
  readonly theirs: { readonly text: string; readonly modifiedAt: number } | null;
  /** Counts texts that came from elsewhere than the editor, which must take them. */
  readonly revision: number;
  readonly isDockerfile: boolean;
  /** Of the Dockerfile that it was converted from. */
  readonly unsupported: ConvertedDockerfile['unsupported'];
}

/** What core said of a text. */
export interface LintAnswer {
  readonly text: string;
  /** For which machine and arguments. */
  readonly builder: string;
  readonly findings: readonly Finding[];
  readonly outline: Outline;
}

/** What the form of a build said last of a document: lint knows the machine and the arguments by it. */
export interface AskedBuild {
  readonly hostId: HostId;
  /** Values of secret ones are not here. */
  readonly buildArguments: Readonly<Record<string, string>>;
}

/** Where a build stopped, to be shown at its line. */
export interface FailureMark {
  /** 1-based, in the present text. */
  readonly line: number;
  readonly title: string;
  readonly cause: string;
  /** The last output above the failure. */
  readonly output: string;
}

export type BuildsDialog =
  | { readonly kind: 'open' }
  | { readonly kind: 'template' }
  | { readonly kind: 'saveAs'; readonly documentId: string; readonly isClosedAfter: boolean }
  | { readonly kind: 'close'; readonly documentId: string }
  | { readonly kind: 'compareTexts'; readonly documentId: string }
  | { readonly kind: 'build'; readonly documentId: string; readonly like: BuildRecord | null }
  | { readonly kind: 'rerun'; readonly build: BuildRecord }
  | { readonly kind: 'compareRuns'; readonly build: BuildRecord }
  | { readonly kind: 'cleanHistory' };

export type SideTab = 'files' | 'outline' | 'history';
export type BottomTab = 'problems' | 'build';

export interface BuildsState {
  readonly documents: readonly OpenDocument[];
  readonly currentId: string | null;
  /** Newest first. */
  readonly recentFiles: readonly FilePlace[];
  readonly sideTab: SideTab;
  /** Null hides what lies below the editor. */
  readonly bottomTab: BottomTab | null;
  /** The build that is shown below the editor. */
  readonly buildId: TaskId | null;
  readonly dialog: BuildsDialog | null;
  /** Per document. */
  readonly lints: Readonly<Record<string, LintAnswer>>;
  readonly asked: Readonly<Record<string, AskedBuild>>;
  /** Why lint could not be asked; null when it could. */
  readonly lintFailure: ErrorReport | null;
  readonly marks: Readonly<Record<string, FailureMark>>;
  /** Where the editor goes when it shows the document. */
  readonly wantedPlace: { readonly documentId: string; readonly line: number } | null;
  /** Which document a build of this window is of. */
  readonly documentOfBuild: Readonly<Record<string, string>>;
  /** Changes that are too long to be kept over a reload. */
  readonly unkeptIds: readonly string[];
}

const firstState: BuildsState = {
  documents: [],
  currentId: null,
  recentFiles: [],
  sideTab: 'files',
  bottomTab: null,
  buildId: null,
  dialog: null,
  lints: {},
  asked: {},
  lintFailure: null,
  marks: {},
  wantedPlace: null,
  documentOfBuild: {},
  unkeptIds: [],
};

/** What the person does on the builds page; it stays while other pages are shown. */
export const buildsStore = createStore<BuildsState>()(() => firstState);

/** Selects from the page's state. */
export function useBuilds<Value>(select: (state: BuildsState) => Value): Value {
  return useStore(buildsStore, select);
}

/** The document in the editor; null when none is open. */
export function currentDocument(state: BuildsState): OpenDocument | null {
  return state.documents.find(({ id }) => id === state.currentId) ?? null;
}

/** A document by its id; null when it was closed. */
export function documentOf(state: BuildsState, id: string): OpenDocument | null {
  return state.documents.find((document) => document.id === id) ?? null;
}

/** Whether a document has changes that are not on the disk. */
export function isChanged(document: OpenDocument): boolean {
  return document.path === null || document.text !== document.savedText;
}

/** Opens a dialog of the page, or closes it with null. */
export function showBuildsDialog(dialog: BuildsDialog | null): void {
  buildsStore.setState({ dialog });
}

/** Shows a build below the editor. */
export function showBuild(buildId: TaskId): void {
  buildsStore.setState({ buildId, bottomTab: 'build' });
}

/** Puts a document into the editor. */
export function showDocument(id: string): void {
  buildsStore.setState({ currentId: id });
}

/** What was typed. The mark of a failure goes with its line, and away when that line is changed. */
export function takeTyped(id: string, text: string): void {
  const state = buildsStore.getState();
  const before = documentOf(state, id);
  const mark = state.marks[id];
  changeDocument(id, { text });
  if (before === null || mark === undefined) return;
  const line = lineNow(before.text, text, mark.line);
  if (line !== mark.line) markFailure(id, line === null ? null : { ...mark, line });
}

/** Changes a document in its place. */
export function changeDocument(id: string, change: Partial<OpenDocument>): void {
  buildsStore.setState(({ documents }) => ({
    documents: documents.map((document) => (document.id === id ? { ...document, ...change } : document)),
  }));
}

/** Shows where a build stopped, in the editor; null takes the mark away. */
export function markFailure(id: string, mark: FailureMark | null): void {
  buildsStore.setState(({ marks: { [id]: _old, ...marks } }) => ({
    marks: mark === null ? marks : { ...marks, [id]: mark },
  }));
}

buildChoiceStore.subscribe(({ wantedId }) => {
  if (wantedId === null) return;
  buildChoiceStore.setState({ wantedId: null });
  showBuild(wantedId);
  buildsStore.setState({ sideTab: 'history' });
});

/** Puts everything back: each test starts afresh. */
export function resetBuildsState(): void {
  buildsStore.setState(firstState, true);
}
