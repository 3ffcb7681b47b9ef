import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from '#renderer/api/query.ts';
import { ShellDialogs } from '#renderer/features/shells/ShellDialogs.tsx';
import { useLayout } from '#renderer/state/layout.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Frame } from './Frame.tsx';
import { Palette } from './Palette.tsx';
import { ReportDialog } from './ReportDialog.tsx';
import { ShortcutsSheet } from './ShortcutsSheet.tsx';
import { Toasts } from './Toasts.tsx';

/** The whole page. */
export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <ErrorBoundary>
        <Frame />
        <Overlay />
        <ReportDialog />
        <ShellDialogs />
        <Toasts />
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
