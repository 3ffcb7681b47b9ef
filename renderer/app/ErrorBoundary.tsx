import { Component, type ReactNode } from 'react';
import { failureReport } from '#renderer/api/failure.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';

export interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly failure: unknown;
  readonly hasFailed: boolean;
}

/** Keeps a part that throws from taking the window with it. A class, because React has no other form of it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override readonly state: ErrorBoundaryState = { failure: null, hasFailed: false };

  static getDerivedStateFromError(failure: unknown): ErrorBoundaryState {
    return { failure, hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    const report = {
      ...failureReport(this.state.failure),
      title: textOf('common:error.page.title'),
      cause: textOf('common:error.page.text'),
    };
    return (
      <div className="h-full overflow-auto p-3">
        <ErrorNotice
          report={report}
          action={
            <Button onClick={() => this.setState({ failure: null, hasFailed: false })}>
              {textOf('common:error.page.again')}
            </Button>
          }
        />
      </div>
    );
  }
}
