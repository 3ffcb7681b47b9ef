import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, type RenderResult, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach } from 'vitest';

afterEach(cleanup);

/** Renders a part of the page with what the page stands in, and gives the hands of a user. */
export function renderPage(part: ReactNode): RenderResult & { readonly user: UserEvent } {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const user = userEvent.setup();
  return { ...render(<QueryClientProvider client={client}>{part}</QueryClientProvider>), user };
}
