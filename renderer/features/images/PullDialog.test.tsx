// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPull, pullRequestStore } from '#renderer/state/pullRequest.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost } from '#renderer/testing/samples.ts';
import { answers, resetDialogs, serveDialogs } from './dialogs.fixture.tsx';
import { ImageDialogs } from './ImageDialogs.tsx';
import { emptyPullStart, showImagesDialog } from './imagesState.ts';

beforeAll(serveDialogs);
beforeEach(() => resetDialogs());

async function open() {
  const page = renderPage(<ImageDialogs host={sampleHost} />);
  act(() => showImagesDialog({ kind: 'pull', start: emptyPullStart }));
  const reference = await screen.findByLabelText('Reference');
  await page.user.click(reference);
  return { ...page, reference };
}
const pullButton = () => screen.getByRole('button', { name: 'Pull' });

describe('the one box', { timeout: 30_000 }, () => {
  it('says what an old habit was turned into', async () => {
    const { user, reference } = await open();
    await user.paste('$ singularity pull library://sylabs/examples/lolcow');
    expect(screen.getByText(/no default library/).textContent).toContain(
      'library://library.sylabs.io/sylabs/examples/lolcow:latest',
    );
    await user.clear(reference);
    await user.paste('docker run --rm alpine:3.20 ls');
    expect(screen.getByText('Taken from the docker line: docker://alpine:3.20')).toBeTruthy();
    expect(screen.getByText('The image is only pulled. Nothing of the line is run.')).toBeTruthy();
  });

  it('lets one of several images be chosen', async () => {
    const { user, reference } = await open();
    await user.paste('# both\ndocker pull alpine:3.20\ndocker pull \\\n  ubuntu:24.04\n');
    const several = await screen.findByRole('region', { name: 'Images in the text' });
    expect(within(several).getAllByRole('button')).toHaveLength(2);
    expect(pullButton()).toHaveProperty('disabled', true);
    await user.click(within(several).getByRole('button', { name: 'docker://ubuntu:24.04' }));
    expect(reference).toHaveProperty('value', 'docker://ubuntu:24.04');
    expect(screen.queryByRole('region', { name: 'Images in the text' })).toBe(null);
  });

  it('says why a text is no image, as a problem of the field', async () => {
    const { user, reference } = await open();
    await user.paste('docker push lab/tool:1');
    expect(screen.getByRole('alert').textContent).toMatch(/This line pushes an image/);
    expect(reference.getAttribute('aria-invalid')).toBe('true');
    expect(pullButton()).toHaveProperty('disabled', true);
  });

  it('makes a sandbox, without a compression and without an ending', async () => {
    const { user } = await open();
    await user.paste('alpine:3.20');
    await user.click(screen.getByText('Options'));
    expect(screen.getByLabelText('Compression')).toBeTruthy();
    screen.getByRole('radio', { name: 'SIF' }).focus();
    await user.keyboard('{ArrowRight}');
    await user.click(screen.getByRole('radio', { name: 'Sandbox' }));
    expect(screen.queryByLabelText('Compression')).toBe(null);
    expect(screen.getByLabelText('Name of the folder')).toHaveProperty('value', 'alpine_3.20');
    await user.click(pullButton());
    await waitFor(() =>
      expect(answers.pulled).toHaveBeenCalledWith(
        expect.objectContaining({ form: 'sandbox', fileName: null, compression: null }),
      ),
    );
  });

  it('goes on to the import with the path of a file', async () => {
    const { user } = await open();
    await user.paste('/data/tool.tar');
    await user.click(screen.getByRole('button', { name: 'Import…' }));
    expect(await screen.findByRole('dialog', { name: 'Import image' })).toBeTruthy();
    expect(screen.getByLabelText('File or folder of this machine')).toHaveProperty('value', '/data/tool.tar');
  });
});

it('keeps the request of another page until it is taken', () => {
  act(() => openPull({ reference: 'docker://lab/asked:1', form: 'sandbox', allowHttp: false }));
  expect(pullRequestStore.getState().request?.form).toBe('sandbox');
});
