import { type Extension, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';
import { showControls } from '#renderer/ui/hostileText.ts';
import type { FailureMark } from './buildsState.ts';

/** Puts the place where a build stopped into the editor; null takes it away. */
export const setFailureMark = StateEffect.define<FailureMark | null>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(old, transaction) {
    let next = old.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(setFailureMark)) next = decorationsOf(effect.value, transaction.state.doc);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The line that failed, marked, with what was said below it. */
export function failureMarks(): Extension {
  return marks;
}

function decorationsOf(mark: FailureMark | null, doc: Text): DecorationSet {
  if (mark === null || mark.line < 1 || mark.line > doc.lines) return Decoration.none;
  const line = doc.line(mark.line);
  return Decoration.set([
    Decoration.line({ class: 'cm-failed' }).range(line.from),
    Decoration.widget({ widget: new FailureWidget(mark), block: true, side: 1 }).range(line.to),
  ]);
}

/** CodeMirror wants a class for what it draws between lines. */
class FailureWidget extends WidgetType {
  private readonly mark: FailureMark;

  constructor(mark: FailureMark) {
    super();
    this.mark = mark;
  }

  override eq(other: FailureWidget): boolean {
    return other.mark === this.mark;
  }

  override toDOM(): HTMLElement {
    const box = document.createElement('div');
    box.className = 'cm-failure';
    box.setAttribute('role', 'note');
    const title = document.createElement('p');
    title.className = 'cm-help-title';
    title.textContent = showControls(this.mark.title);
    const cause = document.createElement('p');
    cause.textContent = showControls(this.mark.cause);
    box.append(title, cause);
    if (this.mark.output !== '') {
      const output = document.createElement('pre');
      output.textContent = showControls(this.mark.output);
      box.append(output);
    }
    return box;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
