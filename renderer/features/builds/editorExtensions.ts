import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { DefinitionWords, Finding, Outline } from '#core/contract/definitions.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { definitionLanguage } from './definitionLanguage.ts';
import { helpAt, offersAfter, placeAfter, withoutKnownHeaders } from './definitionWords.ts';

export interface EditorMeans {
  readonly label: string;
  readonly words: DefinitionWords;
  /** What core last said of the text, for names of arguments and stages. */
  readonly outline: () => Outline | null;
  readonly isDockerfile: boolean;
}

/** Everything that the editor of definition files is made of, but its size of letters and what it reports. */
export function editorExtensions({ label, words, outline, isDockerfile }: EditorMeans): Extension {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentUnit.of('    '),
    EditorState.tabSize.of(4),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    lintGutter(),
    isDockerfile
      ? []
      : [
          definitionLanguage(words),
          autocompletion({
            override: [(context) => completionsAt(context, words, outline())],
            icons: false,
          }),
          hoverTooltip((view, position) => helpTooltip(view, position, words)),
        ],
    syntaxHighlighting(colours),
    // Editable content takes the focus by itself, but not every checker of accessibility knows it.
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      { key: 'Tab', run: acceptCompletion },
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    theme,
  ];
}

/** Size of letters, in CSS pixels at zoom 1. */
export function letterSize(pixels: number): Extension {
  return EditorView.theme({ '&': { fontSize: `${pixels / 16}rem` } });
}

/** Findings as marks of the editor, with their mends. `length` is the text's. */
export function diagnosticsOf(findings: readonly Finding[], length: number): readonly Diagnostic[] {
  return findings.map(({ range, severity, message, detail, code, fix }) => ({
    from: Math.min(range.from, length),
    to: Math.min(Math.max(range.to, range.from), length),
    severity,
    message,
    source: code,
    renderMessage: () => messageDom(message, detail),
    actions:
      fix === null
        ? []
        : [{ name: fix.title, apply: (view) => view.dispatch({ changes: [...fix.edits].map(changeOf) }) }],
  }));
}

function changeOf({ from, to, text }: { from: number; to: number; text: string }) {
  return { from, to, insert: text };
}

function messageDom(message: string, detail: string): HTMLElement {
  const box = document.createElement('div');
  const title = document.createElement('p');
  title.className = 'cm-help-title';
  title.textContent = showControls(message);
  const text = document.createElement('p');
  text.textContent = showControls(detail);
  box.append(title, text);
  return box;
}

function completionsAt(
  context: CompletionContext,
  words: DefinitionWords,
  outline: Outline | null,
): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const found = offersAfter(before, words, outline);
  if (found === null) return null;
  const isEmptyLine = /(?:^|\n)\s*$/.test(before);
  if (isEmptyLine && !context.explicit) return null;
  return {
    from: context.pos - found.typed,
    validFor: /^%?[\w-]*$/,
    options: found.offers.map(
      ({ label, detail, documentation, insert, rank }): Completion => ({
        label,
        detail,
        ...(documentation === '' ? {} : { info: documentation }),
        boost: rank * 20,
        apply: (view, _, from, to) => {
          const text = withoutKnownHeaders(insert, view.state.sliceDoc(to));
          view.dispatch({
            changes: { from, to, insert: text },
            selection: { anchor: from + text.length },
            userEvent: 'input.complete',
          });
        },
      }),
    ),
  };
}

function helpTooltip(view: EditorView, position: number, words: DefinitionWords): Tooltip | null {
  const line = view.state.doc.lineAt(position);
  const { section } = placeAfter(view.state.sliceDoc(0, line.from));
  const help = helpAt(line.text, position - line.from, { isInSection: section !== null, words });
  if (help === null) return null;
  return {
    pos: line.from + help.from,
    end: line.from + help.to,
    above: true,
    create: () => {
      const dom = messageDom(help.title, help.text);
      dom.className = 'cm-help';
      return { dom };
    },
  };
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string), tags.quote], color: 'var(--ok)' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: tags.special(tags.variableName), color: 'var(--warn)', fontWeight: '600' },
  { tag: tags.definition(tags.variableName), color: 'var(--warn)' },
  { tag: [tags.attributeName, tags.meta, tags.operator], color: 'var(--ink-2)' },
  { tag: tags.standard(tags.variableName), color: 'var(--ink)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--bg)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '1.55', containerType: 'inline-size' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '0.375rem 0', userSelect: 'text' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'var(--panel)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 26%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--mark) 60%, transparent)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)' },
  '.cm-searchMatch-selected': { outline: '1px solid var(--accent)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-soft)',
    outline: '1px solid var(--line-strong)',
  },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--lift)',
    fontFamily: 'Inter Variable, Inter, system-ui, sans-serif',
    fontSize: '0.75rem',
    maxWidth: '30rem',
  },
  '.cm-help, .cm-diagnosticText': { padding: '0.25rem 0.5rem', lineHeight: '1.45', display: 'block' },
  '.cm-diagnostic': { padding: '0.25rem 0.5rem' },
  '.cm-diagnosticSource': { color: 'var(--ink-3)', opacity: '1', fontSize: '0.6875rem' },
  '.cm-help-title': { fontWeight: '600' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-diagnostic-hint, .cm-diagnostic-info': { borderLeftColor: 'var(--accent)' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--accent)',
    color: 'var(--accent-ink)',
    borderRadius: '4px',
    padding: '0.0625rem 0.5rem',
    margin: '0.125rem 0',
  },
  '.cm-lintRange-error, .cm-lintRange-warning, .cm-lintRange-hint': {
    backgroundImage: 'none',
    paddingBottom: '0',
    textDecorationLine: 'underline',
    textDecorationStyle: 'wavy',
    textDecorationThickness: '1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-error': { textDecorationColor: 'var(--bad)' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--warn)' },
  '.cm-lintRange-hint': { textDecorationColor: 'var(--accent)' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '16rem' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '0.1875rem 0.5rem', color: 'var(--ink)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--ink-2)', fontStyle: 'normal' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--accent)' },
  '.cm-completionInfo': { padding: '0.375rem 0.5rem', lineHeight: '1.45' },
  '.cm-panels': {
    backgroundColor: 'var(--panel)',
    color: 'var(--ink)',
    fontFamily: 'Inter Variable, Inter, system-ui, sans-serif',
  },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '0.375rem 1.75rem 0.375rem 0.5rem', fontSize: '0.75rem' },
  '.cm-panel.cm-search label': { fontSize: '0.75rem', color: 'var(--ink-2)' },
  '.cm-textfield': {
    fontSize: '0.75rem',
    border: '1px solid var(--control-line)',
    borderRadius: '6px',
    backgroundColor: 'var(--bg)',
    color: 'var(--ink)',
    height: '1.5rem',
  },
  '.cm-button': {
    fontSize: '0.75rem',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    backgroundImage: 'none',
    backgroundColor: 'var(--bg)',
    color: 'var(--ink)',
    height: '1.5rem',
  },
  '.cm-panel.cm-search [name=close]': {
    color: 'var(--ink)',
    fontSize: '1rem',
    top: '0.375rem',
    right: '0.5rem',
  },
  '.cm-failed': { backgroundColor: 'var(--bad-soft)', boxShadow: 'inset 3px 0 var(--bad)' },
  '.cm-failure': {
    backgroundColor: 'var(--bad-soft)',
    boxShadow: 'inset 3px 0 var(--bad)',
    padding: '0.25rem 0.75rem 0.375rem',
    fontFamily: 'Inter Variable, Inter, system-ui, sans-serif',
    fontSize: '0.75rem',
    lineHeight: '1.45',
    whiteSpace: 'normal',
    overflowWrap: 'anywhere',
    // Where a line is longer than the pane is wide, the words of the failure stay in view all the same.
    boxSizing: 'border-box',
    maxWidth: 'calc(100cqw - 3rem)',
  },
  '.cm-failure pre': {
    maxHeight: '8rem',
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    margin: '0.25rem 0 0',
    padding: '0.25rem 0.5rem',
    borderRadius: '4px',
    backgroundColor: 'var(--terminal)',
    color: 'var(--terminal-ink)',
  },
});
