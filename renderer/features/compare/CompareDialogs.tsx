import { lazy, Suspense } from 'react';
import { openImageWork, useImageWork } from '#renderer/state/imageWork.ts';

const CompareDialog = lazy(async () => ({ default: (await import('./CompareDialog.tsx')).CompareDialog }));

/** The dialog of comparing, over whichever page it was asked for on. */
export function CompareDialogs() {
  const work = useImageWork();
  if (work?.kind !== 'compare') return null;
  return (
    <Suspense fallback={null}>
      <CompareDialog paths={work.paths} onClose={() => openImageWork(null)} />
    </Suspense>
  );
}
