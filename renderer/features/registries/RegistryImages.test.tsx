// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#renderer/commands/registry.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { pullRequestStore } from '#renderer/state/pullRequest.ts';
import { sampleReport } from '#renderer/testing/samples.ts';
import { fake, openImage, openTags, rowNamed, rowNames, showRegistries } from './fakeRegistries.tsx';
import { registriesStore } from './registriesState.ts';
import { imageFacts, sampleTag } from './sampleRegistries.ts';

describe('tags', () => {
  it('are sorted by version, newest first, and latest before all', async () => {
    await openTags();
    expect(rowNames().map((name) => /^(latest|3\.\d+)/.exec(name ?? '')?.[0])).toEqual([
      'latest',
      '3.12',
      '3.9',
    ]);
  });

  it('show with their first batch, before the last', async () => {
    let release: (() => void) | null = null;
    fake.hold = new Promise((resolve) => {
      release = resolve;
    });
    fake.tagBatches = [[sampleTag('3.12')], [sampleTag('3.13')], [sampleTag('3.14')]];
    await openTags();
    expect(screen.getByText('1 tags so far…')).toBeTruthy();
    act(() => release?.());
    expect(await screen.findByText('3 tags')).toBeTruthy();
    expect(await rowNamed(/3\.14/)).toBeTruthy();
  });

  it('of rows in view are asked for their sizes, at most 50 at a time', async () => {
    fake.tagBatches = [
      Array.from({ length: 5000 }, (_, index) => sampleTag(`1.${index}`)),
      [sampleTag('3.12')],
    ];
    await openTags();
    await waitFor(() => expect(fake.asked.mock.calls.some(([call]) => call === 'tagFacts')).toBe(true));
    await screen.findAllByText('7.0 MB');
    const counts = fake.asked.mock.calls.flatMap(([call, names]) =>
      call === 'tagFacts' ? [names.length] : [],
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(50);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(200);
    expect(screen.getByRole('button', { name: 'Size' }).hasAttribute('disabled')).toBe(true);
  });

  it('are filtered by their names', async () => {
    const { user } = await openTags();
    await user.type(screen.getByRole('textbox', { name: 'Filter tags' }), '3.1');
    await waitFor(() => expect(rowNames()).toHaveLength(1));
    expect(screen.getByText('1 of 3 tags')).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Filter tags' }), 'x');
    expect(await screen.findByText('No tag matches')).toBeTruthy();
  });
});

describe('an image', () => {
  it('says what it is, with its layers in the picture and in the list, chosen in both', async () => {
    const { user } = await openImage();
    expect(screen.getByText('48.0 MB in 3 layers')).toBeTruthy();
    await user.click(screen.getByRole('tab', { name: /Layers/ }));
    const picture = screen.getByRole('listbox', { name: /Layers by size/ });
    const second = within(picture).getByRole('option', { name: /Layer 2, 3.5 MB: RUN apt-get update/ });
    await user.click(second);
    expect(screen.getByRole('button', { name: /222222222222/, pressed: true })).toBeTruthy();
    picture.focus();
    await user.keyboard('{ArrowLeft}{Enter}');
    expect(screen.getAllByRole('option', { selected: true })[0]?.getAttribute('aria-label')).not.toContain(
      'Layer 2',
    );
  });

  it('shows hostile labels as text, and what is attached', async () => {
    const { user } = await openImage();
    await user.click(screen.getByRole('tab', { name: 'Config' }));
    expect(screen.getByText('lab\\u202egpj.exe')).toBeTruthy();
    await user.click(screen.getByRole('tab', { name: /Attached/ }));
    expect(screen.getByText('Signature')).toBeTruthy();
    expect(screen.getByText('SBOM')).toBeTruthy();
    await user.click(screen.getByRole('tab', { name: 'History' }));
    expect(screen.getAllByText('made no layer')).toHaveLength(2);
  });

  it('is pulled by tag to a SIF, or by digest to a sandbox', async () => {
    const { user } = await openImage();
    await user.click(screen.getByRole('button', { name: 'Pull to SIF' }));
    await waitFor(() =>
      expect(pullRequestStore.getState().request).toEqual({
        reference: imageFacts.reference,
        form: 'sif',
        allowHttp: false,
      }),
    );
    act(() => layoutStore.setState({ page: 'registries' }));
    await user.click(screen.getByRole('radio', { name: 'by digest' }));
    await user.click(screen.getByRole('button', { name: 'Pull to sandbox' }));
    expect(pullRequestStore.getState().request).toMatchObject({
      reference: imageFacts.byDigest,
      form: 'sandbox',
    });
  });

  it('that cannot be shown says why', async () => {
    const { user } = await openTags();
    fake.refusal = sampleReport();
    await user.click(await rowNamed(/3\.9/));
    expect(await screen.findByText('The registry has no such image.')).toBeTruthy();
    fake.refusal = null;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('tab', { name: 'Summary' })).toBeTruthy();
  });

  it('is deleted after every tag that goes was named', async () => {
    const { user } = await openImage();
    await waitFor(() => expect(registriesStore.getState().found).not.toBeNull());
    await act(() => runCommand('registries.delete'));
    const dialog = await screen.findByRole('alertdialog');
    const tags = within(dialog).getByRole('list', { name: 'Tags that go' });
    expect(
      within(tags)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual(['3.12', 'latest']);
    expect(within(dialog).getByText(/there may be more than these/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Delete 2 tags' }));
    await waitFor(() =>
      expect(fake.deleted).toHaveBeenCalledWith({
        reference: imageFacts.reference,
        digest: imageFacts.digest,
        allowHttp: false,
      }),
    );
  });

  it('gets another tag', async () => {
    const { user } = await openImage();
    await waitFor(() => expect(registriesStore.getState().found).not.toBeNull());
    await act(() => runCommand('registries.copyTag'));
    await user.type(await screen.findByLabelText('New tag'), 'stable{Enter}');
    await waitFor(() =>
      expect(fake.copied).toHaveBeenCalledWith({
        reference: imageFacts.reference,
        tag: 'stable',
        allowHttp: false,
        overwrite: false,
      }),
    );
  });
});

it('is walked by the keyboard alone, from the list to the image and back to where one came from', async () => {
  const { user } = showRegistries();
  screen.getByRole('button', { name: /Docker Hub/ }).focus();
  await user.keyboard('{ArrowDown}{ArrowRight}');
  await rowNamed(/demo\/tiny/);
  await user.keyboard('{ArrowDown}{Enter}');
  await rowNamed(/3\.12/);
  expect(fake.asked).toHaveBeenCalledWith('tags', 'demo/tiny');
  await user.keyboard('{ArrowDown}{Enter}');
  await screen.findByRole('tab', { name: 'Summary' });
  await user.keyboard('{Enter}');
  expect(document.activeElement?.textContent).toBe('Pull to SIF');
  screen.getByRole('grid').focus();
  await user.keyboard('{Backspace}');
  await rowNamed(/demo\/tiny/);
  const active = document.activeElement?.getAttribute('aria-activedescendant') ?? '';
  expect(document.getElementById(active)?.textContent).toContain('demo/tiny');
});
