import { lazy, Suspense } from 'react';
import { documentOf, showBuildsDialog, useBuilds } from './buildsState.ts';
import { CleanHistoryDialog } from './CleanHistoryDialog.tsx';
import { CloseDialog } from './CloseDialog.tsx';
import { OpenDialog } from './OpenDialog.tsx';
import { RerunDialog } from './RerunDialog.tsx';
import { SaveAsDialog } from './SaveAsDialog.tsx';
import { TemplateDialog } from './TemplateDialog.tsx';

const BuildDialog = lazy(async () => ({ default: (await import('./BuildDialog.tsx')).BuildDialog }));
const CompareTextsDialog = lazy(async () => ({
  default: (await import('./CompareTextsDialog.tsx')).CompareTextsDialog,
}));

const RunComparisonDialog = lazy(async () => ({
  default: (await import('./RunComparisonDialog.tsx')).RunComparisonDialog,
}));

/** The dialogs of the builds page. */
export function BuildsDialogs() {
  return (
    <Suspense fallback={null}>
      <OpenOne />
    </Suspense>
  );
}

function OpenOne() {
  const dialog = useBuilds((state) => state.dialog);
  const document = useBuilds((state) =>
    state.dialog !== null && 'documentId' in state.dialog ? documentOf(state, state.dialog.documentId) : null,
  );
  const close = () => showBuildsDialog(null);
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'open':
      return <OpenDialog onClose={close} />;
    case 'template':
      return <TemplateDialog onClose={close} />;
    case 'rerun':
      return <RerunDialog build={dialog.build} onClose={close} />;
    case 'compareRuns':
      return <RunComparisonDialog build={dialog.build} onClose={close} />;
    case 'cleanHistory':
      return <CleanHistoryDialog onClose={close} />;
    case 'saveAs':
      return document === null ? null : (
        <SaveAsDialog document={document} isClosedAfter={dialog.isClosedAfter} onClose={close} />
      );
    case 'close':
      return document === null ? null : <CloseDialog document={document} onClose={close} />;
    case 'compareTexts':
      return document === null ? null : <CompareTextsDialog document={document} onClose={close} />;
    case 'build':
      return document === null ? null : (
        <BuildDialog document={document} like={dialog.like} onClose={close} />
      );
  }
}
