// @vitest-environment happy-dom
import { act, screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Image } from '#core/contract/images.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSettings, sampleSshHost } from '#renderer/testing/samples.ts';
import { answers, resetDialogs, serveDialogs } from './dialogs.fixture.tsx';
import { ImageDialogs } from './ImageDialogs.tsx';
import { showImagesDialog } from './imagesState.ts';
import { sampleImage } from './sampleImages.ts';

const digest = `sha256:${'0'.repeat(64)}`;

beforeAll(serveDialogs);
beforeEach(() => resetDialogs());

async function open(image: Image = sampleImage('salmon_1.10.sif')) {
  const page = renderPage(<ImageDialogs host={sampleHost} />);
  act(() => showImagesDialog({ kind: 'publish', image }));
  await screen.findByRole('dialog', { name: `Push ${image.name} to a registry` });
  return { ...page, to: screen.getByLabelText('To') };
}
const pushButton = (name = 'Push') => screen.getByRole('button', { name });
const registry = (more: Partial<RegistrySettings>): RegistrySettings => ({
  id: 'lab' as RegistrySettings['id'],
  label: 'Lab',
  kind: 'oci',
  address: 'reg.lab.example.org:5000',
  allowHttp: false,
  mirrors: [],
  apiUrl: null,
  s3: null,
  ...more,
});

describe('pushing to a registry', { timeout: 30_000 }, () => {
  it('asks where to, says what has the tag and what is done, and pushes', async () => {
    const { user, to } = await open();
    expect(document.activeElement).toBe(to);
    expect(pushButton()).toHaveProperty('disabled', true);
    await user.type(to, 'ghcr.io/lab/salmon:1.10');
    expect(screen.getByText('Pushed as oras://ghcr.io/lab/salmon:1.10')).toBeTruthy();
    expect(await screen.findByText(/Nothing has this tag yet\. 96\.0 MB/)).toBeTruthy();
    expect(screen.getByText('As one blob.')).toBeTruthy();
    await user.click(screen.getByText('Annotations'));
    await user.type(screen.getByLabelText('Licence'), 'GPL-3.0-or-later');
    await waitFor(() => expect(pushButton()).toHaveProperty('disabled', false));
    await user.type(to, '{Enter}');
    await waitFor(() =>
      expect(answers.published).toHaveBeenCalledWith({
        hostId: 'local',
        path: '/data/images/salmon_1.10.sif',
        reference: 'oras://ghcr.io/lab/salmon:1.10',
        allowHttp: false,
        overwrite: false,
        annotations: { 'org.opencontainers.image.licenses': 'GPL-3.0-or-later' },
        credentials: null,
      }),
    );
  });

  it('remembers where images went', async () => {
    const first = await open();
    await first.user.type(first.to, 'oras://ghcr.io/lab/salmon:1.10');
    await waitFor(() => expect(pushButton()).toHaveProperty('disabled', false));
    await first.user.click(pushButton());
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    act(() => showImagesDialog({ kind: 'publish', image: sampleImage('star_2.7.sif') }));
    expect(await screen.findByLabelText('To')).toHaveProperty('value', 'oras://ghcr.io/lab/star:2.7');
  });

  it('offers the registries of the list that take pushes, with their plain http', async () => {
    settingsStore.setState({
      settings: {
        ...sampleSettings,
        registries: [
          registry({ allowHttp: true }),
          registry({ kind: 'web', address: 'https://example.org/sifs/' }),
        ],
      },
    });
    const { user, to } = await open();
    expect(screen.queryByRole('button', { name: 'example.org' })).toBe(null);
    await user.click(screen.getByRole('button', { name: 'reg.lab.example.org:5000' }));
    expect(to).toHaveProperty('value', 'oras://reg.lab.example.org:5000/salmon:1.10');
    expect(screen.getByRole('checkbox', { name: 'Allow plain http' }).getAttribute('aria-checked')).toBe(
      'true',
    );
    await waitFor(() =>
      expect(answers.planned).toHaveBeenCalledWith(expect.objectContaining({ allowHttp: true })),
    );
  });

  it('takes a tag from another image only when that is said', async () => {
    answers.publishPlan = { exists: { digest, isSame: false } };
    const { user, to } = await open();
    await user.type(to, 'oras://ghcr.io/lab/salmon:1');
    expect(await screen.findByText('Another image has this tag:')).toBeTruthy();
    expect(screen.getByText(digest)).toBeTruthy();
    expect(pushButton()).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('checkbox', { name: 'Let the tag “1” name this image instead' }));
    await user.click(await screen.findByRole('button', { name: 'Push and take the tag' }));
    await waitFor(() =>
      expect(answers.published).toHaveBeenCalledWith(expect.objectContaining({ overwrite: true })),
    );
  });

  it('says that the very image is there', async () => {
    answers.publishPlan = { exists: { digest, isSame: true } };
    const { user, to } = await open();
    await user.type(to, 'oras://ghcr.io/lab/salmon:1');
    expect(await screen.findByText(/This very image has the tag already/)).toBeTruthy();
    expect(pushButton()).toHaveProperty('disabled', false);
  });

  it('opens the sign-in where the registry wants it, and sends no password before the push', async () => {
    answers.refusal = { code: 'registry.unauthorized', title: 'ghcr.io wants to know who you are' };
    const { user, to } = await open();
    await user.type(to, 'oras://ghcr.io/lab/salmon:1');
    expect(await screen.findByText('ghcr.io wants to know who you are')).toBeTruthy();
    await user.type(screen.getByLabelText('User name'), 'alice');
    expect(screen.getByText('Give both a user name and a password, or neither.')).toBeTruthy();
    await user.type(screen.getByLabelText('Password or token'), 'hunter2');
    for (const [input] of answers.planned.mock.calls) expect(input.credentials).toBe(null);
    await waitFor(() => expect(pushButton()).toHaveProperty('disabled', false));
    await user.click(pushButton());
    await waitFor(() =>
      expect(answers.published).toHaveBeenCalledWith(
        expect.objectContaining({ credentials: { userName: 'alice', password: 'hunter2' } }),
      ),
    );
  });

  it.each([
    ['library://a/b/c', /not with library:\/\//],
    ['oras://ghcr.io/Lab/x', /not the name of a repository/],
    ['oras://ghcr.io/lab/x:-', /is not a tag/],
    [`oras://ghcr.io/lab/x@${digest}`, /leave the digest out/],
  ])('says what is wrong with %s', async (reference, words) => {
    const { user, to } = await open();
    await user.click(to);
    await user.paste(reference);
    expect(screen.getByRole('alert').textContent).toMatch(words);
    expect(pushButton()).toHaveProperty('disabled', true);
  });

  it('pushes from an ssh host, once it is connected', async () => {
    const hydra = sampleSshHost();
    hostsStore.setState({
      hosts: [sampleHost, { ...hydra, connection: { state: 'disconnected', since: 0, reason: null } }],
    });
    const { user, to } = await open(sampleImage('far.sif', { hostId: hydra.id }));
    await user.type(to, 'oras://ghcr.io/lab/far:1');
    expect(screen.getByText('hydra is not connected')).toBeTruthy();
    expect(pushButton()).toHaveProperty('disabled', true);
    act(() => hostsStore.setState({ hosts: [sampleHost, hydra] }));
    await waitFor(() => expect(pushButton()).toHaveProperty('disabled', false));
    expect(answers.planned).toHaveBeenCalledWith(expect.objectContaining({ hostId: 'hydra' }));
  });
});
