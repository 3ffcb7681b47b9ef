import { lazy, Suspense, useEffect, useRef } from 'react';
import { type ImperativePanelHandle, Panel, PanelGroup } from 'react-resizable-panels';
import { useText } from '#renderer/i18n/i18n.ts';
import { layoutStore, useLayout } from '#renderer/state/layout.ts';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { ResizeHandle } from '#renderer/ui/SplitPane.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { ClosedDock, Dock } from './Dock.tsx';
import { DropZone } from './DropZone.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { HostBanner } from './HostBanner.tsx';
import { pages } from './pages.tsx';
import { Rail } from './Rail.tsx';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import { useIsWelcomeShown } from './useIsWelcomeShown.ts';

const WelcomePage = lazy(async () => ({
  default: (await import('#renderer/features/hosts/WelcomePage.tsx')).WelcomePage,
}));

/** The window: bar on top, rail, page over dock, status line. */
export function Frame() {
  const text = useText('frame');
  return (
    <div className="grid h-full grid-cols-[11.75rem_minmax(0,1fr)] grid-rows-[2.5rem_minmax(0,1fr)_1.5rem]">
      <button
        type="button"
        onClick={() => document.getElementById('main')?.focus()}
        className="sr-only z-50 rounded-control bg-accent px-3 py-1 text-accent-ink focus-visible:not-sr-only focus-visible:fixed focus-visible:top-1.5 focus-visible:left-1.5"
      >
        {text('skipToPage')}
      </button>
      <TopBar />
      <Rail />
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col focus-visible:outline-none">
        <ConnectionBanner />
        <HostBanner />
        <PageAndDock />
      </main>
      <StatusBar />
      <DropZone />
    </div>
  );
}

function PageAndDock() {
  const isDockOpen = useLayout((state) => state.isDockOpen);
  const isMaximized = useLayout((state) => state.isDockMaximized);
  const dockSize = useLayout((state) => state.dockSize);
  const page = useRef<ImperativePanelHandle>(null);
  useEffect(() => {
    if (isDockOpen && isMaximized) page.current?.collapse();
    else page.current?.expand();
  }, [isDockOpen, isMaximized]);
  return (
    <>
      <PanelGroup direction="vertical" className="min-h-0 flex-1">
        <Panel ref={page} id="page" order={1} collapsible collapsedSize={0} minSize={20} className="min-h-0">
          <CurrentPage />
        </Panel>
        {isDockOpen ? (
          <>
            <ResizeHandle direction="vertical" />
            <Panel
              id="dock"
              order={2}
              defaultSize={dockSize}
              minSize={14}
              className="min-h-0"
              onResize={(size) => (size < 95 ? layoutStore.setState({ dockSize: size }) : undefined)}
            >
              <Dock />
            </Panel>
          </>
        ) : null}
      </PanelGroup>
      {isDockOpen ? null : <ClosedDock />}
    </>
  );
}

function CurrentPage() {
  const id = useLayout((state) => state.page);
  const isWelcomeShown = useIsWelcomeShown();
  const Body = isWelcomeShown ? WelcomePage : pages.find((page) => page.id === id)?.Body;
  if (Body === undefined) return null;
  return (
    <ErrorBoundary key={isWelcomeShown ? 'welcome' : id}>
      <Suspense
        fallback={
          <div className="grid h-full place-items-center">
            <Spinner />
          </div>
        }
      >
        <Body />
      </Suspense>
    </ErrorBoundary>
  );
}
