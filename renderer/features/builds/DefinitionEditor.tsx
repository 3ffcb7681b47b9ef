import { nextDiagnostic, previousDiagnostic, setDiagnostics } from '@codemirror/lint';
import { openSearchPanel } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { DefinitionWords } from '#core/contract/definitions.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import {
  buildsStore,
  type FailureMark,
  type LintAnswer,
  type OpenDocument,
  useBuilds,
} from './buildsState.ts';
import { diagnosticsOf, editorExtensions, letterSize } from './editorExtensions.ts';
import { failureMarks, setFailureMark } from './failureMark.ts';
import { setLiveEditor } from './liveEditor.ts';

export interface DefinitionEditorProps {
  /** Give it the document's id as `key`. */
  readonly document: OpenDocument;
  readonly words: DefinitionWords;
  readonly lint: LintAnswer | null;
  readonly mark: FailureMark | null;
  readonly onChange: (text: string) => void;
  /** Line and column from 1 on. */
  readonly onCursor: (line: number, column: number) => void;
}

/** Undo, cursor and place in the text of documents that are open but not shown. */
const statesLeft = new Map<string, { readonly state: EditorState; readonly top: number }>();

const sizeOfLetters = new Compartment();
const reporting = new Compartment();

/** The editor of a definition file. */
export function DefinitionEditor({ document, words, lint, mark, onChange, onCursor }: DefinitionEditorProps) {
  const text = useText('builds');
  const pixels = useSettings((state) => state.settings?.terminal.fontSize ?? 12);
  const wanted = useBuilds((state) => state.wantedPlace);
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<EditorView | null>(null);
  const revision = useRef(document.revision);
  const change = useEffectEvent(onChange);
  const move = useEffectEvent(onCursor);

  const begin = useEffectEvent((parent: HTMLElement): EditorView => {
    const { id } = document;
    const left = statesLeft.get(id);
    const listener = reportTo(
      (changed) => change(changed),
      (line, column) => move(line, column),
    );
    const extensions = [
      editorExtensions({
        label: text('editor', { name: document.name }),
        words,
        outline: () => buildsStore.getState().lints[id]?.outline ?? null,
        isDockerfile: document.isDockerfile,
      }),
      failureMarks(),
      reporting.of(listener),
      sizeOfLetters.of(letterSize(pixels)),
    ];
    const state = left?.state ?? EditorState.create({ doc: document.text, extensions });
    const view = new EditorView({ state, parent });
    if (left !== undefined) {
      view.dispatch({
        effects: [reporting.reconfigure(listener), sizeOfLetters.reconfigure(letterSize(pixels))],
      });
      view.scrollDOM.scrollTop = left.top;
    }
    // What came while it was not shown.
    if (view.state.doc.toString() !== document.text) replaceText(view, document.text);
    revision.current = document.revision;
    reportCursor(view, (line, column) => move(line, column));
    return view;
  });
  const leave = useEffectEvent((view: EditorView) => {
    const { id } = document;
    const isOpen = buildsStore.getState().documents.some((other) => other.id === id);
    if (isOpen) statesLeft.set(id, { state: view.state, top: view.scrollDOM.scrollTop });
    else statesLeft.delete(id);
  });

  useEffect(() => {
    if (box.current === null) return;
    const view = begin(box.current);
    shown.current = view;
    const forget = setLiveEditor(handleOf(view));
    return () => {
      leave(view);
      forget();
      view.destroy();
      shown.current = null;
    };
  }, []);

  useEffect(() => {
    shown.current?.dispatch({ effects: sizeOfLetters.reconfigure(letterSize(pixels)) });
  }, [pixels]);

  useEffect(() => {
    const view = shown.current;
    if (view === null || revision.current === document.revision) return;
    revision.current = document.revision;
    replaceText(view, document.text);
  }, [document.revision, document.text]);

  useEffect(() => {
    const view = shown.current;
    if (view === null || lint === null || view.state.doc.toString() !== lint.text) return;
    view.dispatch(setDiagnostics(view.state, [...diagnosticsOf(lint.findings, view.state.doc.length)]));
  }, [lint]);

  useEffect(() => {
    const view = shown.current;
    if (view === null) return;
    view.dispatch({ effects: setFailureMark.of(mark) });
  }, [mark]);

  useEffect(() => {
    const view = shown.current;
    if (view === null || wanted === null || wanted.documentId !== document.id) return;
    handleOf(view).goTo(wanted.line, 1);
    buildsStore.setState({ wantedPlace: null });
  }, [wanted, document.id]);

  return <div ref={box} className="h-full min-h-0 overflow-hidden font-mono" data-editor />;
}

function reportTo(
  onChange: (text: string) => void,
  onCursor: (line: number, column: number) => void,
): Extension {
  return EditorView.updateListener.of((update) => {
    if (update.docChanged) onChange(update.state.doc.toString());
    if (update.docChanged || update.selectionSet) reportCursor(update.view, onCursor);
  });
}

function reportCursor(view: EditorView, onCursor: (line: number, column: number) => void): void {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  onCursor(line.number, head - line.from + 1);
}

function replaceText(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

function handleOf(view: EditorView) {
  return {
    goTo: (number: number, column: number) => {
      const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
      const anchor = Math.min(line.from + Math.max(0, column - 1), line.to);
      view.dispatch({
        selection: { anchor },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      });
      view.focus();
    },
    goToProblem: (direction: 1 | -1) => {
      (direction === 1 ? nextDiagnostic : previousDiagnostic)(view);
      view.focus();
    },
    openSearch: () => {
      openSearchPanel(view);
    },
    focus: () => view.focus(),
    edit: (edits: readonly { readonly from: number; readonly to: number; readonly text: string }[]) => {
      view.dispatch({ changes: edits.map(({ from, to, text }) => ({ from, to, insert: text })) });
      view.focus();
    },
  };
}
