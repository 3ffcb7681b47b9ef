import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { queryClient } from '#renderer/api/query.ts';
import { CompareDialogs } from '#renderer/features/compare/CompareDialogs.tsx';
import { HostDialogs } from '#renderer/features/hosts/HostDialogs.tsx';
import { RegistryDialogs } from '#renderer/features/registries/RegistryDialogs.tsx';
import { ShellDialogs } from '#renderer/features/shells/ShellDialogs.tsx';
import { TrustDialogs } from '#renderer/features/trust/TrustDialogs.tsx';
import { useLayout } from '#renderer/state/layout.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Frame } from './Frame.tsx';
import { followLocalProbe } from './localProbe.ts';
import { ReportDialog } from './ReportDialog.tsx';

const loadPalette = () => import('./Palette.tsx');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
const Toasts = lazy(async () => ({ default: (await import('./Toasts.tsx')).Toasts }));
const ShortcutsSheet = lazy(async () => ({ default: (await import('./ShortcutsSheet.tsx')).ShortcutsSheet }));

/** The whole page. */
export function App() {
  const [isDrawn, setIsDrawn] = useState(false);
  useEffect(() => {
    // Not needed for the first picture, but at hand when the first shortcut is pressed or something happens.
    const idle = requestIdleCallback(
      () => {
        setIsDrawn(true);
        followLocalProbe();
        void loadPalette();
      },
      { timeout: 1000 },
    );
    return () => cancelIdleCallback(idle);
  }, []);
  return (
    <QueryClientProvider client={queryClient}>
      <ErrorBoundary>
        <Frame />
        <Suspense fallback={null}>
          <Overlay />
        </Suspense>
        <Suspense fallback={null}>{isDrawn ? <Toasts /> : null}</Suspense>
        <ReportDialog />
        <ShellDialogs />
        <HostDialogs />
        <RegistryDialogs />
        <CompareDialogs />
        <TrustDialogs />
      </ErrorBoundary>
    </QueryClientProvider>
  );
}

function Overlay() {
  const overlay = useLayout((state) => state.overlay);
  switch (overlay) {
    case 'palette':
      return <Palette mode="commands" />;
    case 'search':
      return <Palette mode="all" />;
    case 'shortcuts':
      return <ShortcutsSheet />;
    case null:
      return null;
  }
}
