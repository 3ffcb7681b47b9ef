// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { Segmented } from './Segmented.tsx';

type Reference = 'tag' | 'digest';

function Choice() {
  const [value, setValue] = useState<Reference>('tag');
  const options = [
    { value: 'tag', label: 'by tag' },
    { value: 'digest', label: 'by digest' },
  ] as const;
  return <Segmented label="Refer to it" value={value} options={options} onChange={setValue} />;
}

it('an arrow key chooses, however short it is held', async () => {
  const { user } = renderPage(<Choice />);
  await user.tab();
  expect(document.activeElement).toBe(screen.getByRole('radio', { name: 'by tag' }));
  await user.keyboard('{ArrowRight}');
  const byDigest = screen.getByRole('radio', { name: 'by digest' });
  await waitFor(() => expect(byDigest.getAttribute('aria-checked')).toBe('true'));
  expect(document.activeElement).toBe(byDigest);
});
