// @vitest-environment happy-dom
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { tell } from '#renderer/state/notices.ts';
import { Toasts } from './Toasts.tsx';

test('a notice that goes leaves the focus where somebody types by then', async () => {
  const user = userEvent.setup();
  render(
    <>
      <button type="button">Before</button>
      <Toasts />
      <input aria-label="Path" />
    </>,
  );
  tell('tools is made');
  const close = await screen.findByRole('button', { name: 'Close' });
  screen.getByRole('button', { name: 'Before' }).focus();
  await user.tab();
  while (document.activeElement !== close) await user.tab();
  await user.tab();
  expect(document.activeElement).toBe(screen.getByLabelText('Path'));
  await user.type(screen.getByLabelText('Path'), '/tmp', { skipClick: true });
  close.click();
  await waitFor(() => expect(screen.queryByText('tools is made')).toBeNull());
  expect(document.activeElement).toBe(screen.getByLabelText('Path'));
});
