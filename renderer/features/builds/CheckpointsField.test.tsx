// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import type { BuildInput, BuildPlan } from '#core/contract/builds.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { CheckpointsField } from './CheckpointsField.tsx';

interface ChoiceProps {
  readonly planned: BuildPlan['checkpoints'] | null;
  readonly isRoot?: boolean;
}

function Choice({ planned, isRoot = false }: ChoiceProps) {
  const [value, setValue] = useState<BuildInput['checkpoints']>('use');
  return (
    <CheckpointsField
      value={value}
      planned={planned}
      hasSome={planned === null || isRoot}
      isRoot={isRoot}
      onChange={setValue}
    />
  );
}

const one = { name: 'tools', line: 9, isKept: true, sizeBytes: 1e8 };
const two = { name: 'data', line: 14, isKept: false, sizeBytes: null };

it('says after which checkpoint the build begins, and what the other choices do', async () => {
  const { user } = renderPage(<Choice planned={[one, two]} />);
  expect(screen.getByRole('status').textContent).toBe('Begins after “tools” (line 9), which is kept.');
  await user.click(screen.getByRole('radio', { name: 'Make anew' }));
  expect(screen.getByRole('status').textContent).toContain('Nothing that is kept is used');
  await user.click(screen.getByRole('radio', { name: 'Do without' }));
  expect(screen.getByRole('status').textContent).toContain('nothing is kept');
});

it('says what a first build keeps, and nothing of a definition without checkpoints', () => {
  const { unmount } = renderPage(<Choice planned={[{ ...one, isKept: false }, two]} />);
  expect(screen.getByRole('status').textContent).toBe('None is kept yet. This build keeps tools, data.');
  unmount();
  renderPage(<Choice planned={[]} />);
  expect(screen.queryByRole('radio')).toBeNull();
});

it('stays where they are not used, and says so', () => {
  const { unmount } = renderPage(<Choice planned={[]} isRoot />);
  expect(screen.getByRole('status').textContent).toContain('not used with sudo');
  for (const radio of screen.getAllByRole('radio')) expect(radio).toHaveProperty('disabled', true);
  unmount();
  // Nor does it go while the plan is asked for.
  renderPage(<Choice planned={null} />);
  expect(screen.getAllByRole('radio')).toHaveLength(3);
});
