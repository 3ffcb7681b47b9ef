import { type ChangeObject, diffLines } from 'diff';
import { useMemo } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import type { OpenDocument } from './buildsState.ts';
import { keepMine, takeTheirs } from './documents.ts';

export interface CompareTextsDialogProps {
  readonly document: OpenDocument;
  readonly onClose: () => void;
}

/** What differs between the text here and the one on the disk. */
export function CompareTextsDialog({ document, onClose }: CompareTextsDialogProps) {
  const text = useText('buildsForms');
  const words = useText('builds');
  const { id, name, theirs } = document;
  const parts = useMemo(() => diffLines(document.text, theirs?.text ?? ''), [document.text, theirs]);
  function choose(take: (documentId: string) => void) {
    take(id);
    onClose();
  }
  return (
    <Dialog
      isOpen
      width="wide"
      onClose={onClose}
      title={text('compareTexts.title', { name })}
      description={text('compareTexts.description')}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button onClick={() => choose(takeTheirs)}>{words('conflict.theirs')}</Button>
          <Button onClick={() => choose(keepMine)}>{words('conflict.mine')}</Button>
        </>
      }
    >
      <section
        aria-label={text('compareTexts.label')}
        className="overflow-auto rounded-control border border-line font-mono text-code whitespace-pre-wrap [overflow-wrap:anywhere]"
        data-selectable
      >
        {withKeys(parts).map(({ key, part }) =>
          part.added || part.removed ? (
            <div key={key} className={`px-2 ${part.added ? 'bg-ok-soft' : 'bg-bad-soft'}`}>
              <span className="sr-only">
                {text(part.added ? 'compareTexts.theirs' : 'compareTexts.mine')}
              </span>
              {signedLines(part.added ? '+' : '−', part.value)}
            </div>
          ) : (
            <p key={key} className="bg-panel px-2 text-ink-3">
              {text('compareTexts.same', { count: part.count })}
            </p>
          ),
        )}
      </section>
    </Dialog>
  );
}

/** The parts of one comparison never move. */
function withKeys(parts: readonly ChangeObject<string>[]) {
  return parts.map((part, index) => ({ key: index, part }));
}

function signedLines(sign: string, value: string): string {
  const lines = showControls(value).replace(/\n$/, '').split('\n');
  return lines.map((line) => `${sign} ${line}`).join('\n');
}
