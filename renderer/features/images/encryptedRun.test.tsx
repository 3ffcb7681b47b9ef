// @vitest-environment happy-dom
import { configure, screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { taskIdSchema, terminalIdSchema } from '#core/contract/ids.ts';
import type { Encryption } from '#core/contract/trust.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport } from '#renderer/testing/samples.ts';
import { RunDialog } from './RunDialog.tsx';
import { sampleImage } from './sampleImages.ts';

const byPassphrase: Encryption = {
  kind: 'gocryptfs',
  opens: 'passphrase',
  runsHere: { isPossible: true, text: 'This host can open it.' },
  text: 'It is encrypted with gocryptfs.',
};
const fake = { encryption: byPassphrase, isRefused: false, opened: vi.fn(), previewed: vi.fn() };

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  serveFakeCore((os) => ({
    images: {
      previewAction: os.images.previewAction.handler(({ input }) => {
        fake.previewed(JSON.stringify(input));
        return { command: 'apptainer shell', enters: [], warnings: [] };
      }),
    },
    trust: { encryptionOf: os.trust.encryptionOf.handler(() => fake.encryption) },
    hosts: {
      browse: os.hosts.browse.handler(({ input }) => ({
        folder: input.folder,
        parent: null,
        entries: [],
        isCut: false,
      })),
    },
    terminals: {
      open: os.terminals.open.handler(({ input, errors }) => {
        fake.opened(input);
        if (fake.isRefused)
          throw errors.WORKBENCH({
            data: sampleReport({ code: 'image.encrypted', cause: 'The passphrase is wrong.' }),
          });
        return {
          id: terminalIdSchema.parse(taskIdSchema.parse('11111111-aaaa')),
          hostId: sampleHost.id,
          title: 'secret @ local',
          subject: input.subject,
          command: 'apptainer shell',
          startedAt: 0,
          ended: null,
        };
      }),
    },
  }));
});

beforeEach(() => {
  Object.assign(fake, { encryption: byPassphrase, isRefused: false });
  fake.opened.mockClear();
  fake.previewed.mockClear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
});

const secret = sampleImage('secret.sif', { isEncrypted: true });

function showDialog() {
  const closed = vi.fn();
  return { closed, ...renderPage(<RunDialog image={secret} verb="shell" onClose={closed} />) };
}

it('asks for the passphrase, which is in nothing that is shown or kept', async () => {
  const { user, closed } = showDialog();
  const field = await screen.findByLabelText('Passphrase of the image');
  expect(screen.getByText(/encrypted with gocryptfs. This host can open it/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  expect(screen.getByText('Type the passphrase.')).toBeTruthy();
  expect(fake.opened).not.toHaveBeenCalled();
  await user.type(field, 'sesame');
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  const [{ passphrase, subject }] = fake.opened.mock.calls[0] ?? [{}];
  expect(passphrase).toBe('sesame');
  expect(subject).toMatchObject({ action: { opensWith: { type: 'passphrase' } } });
  expect(JSON.stringify([subject, fake.previewed.mock.calls])).not.toContain('sesame');
});

it('keeps the dialog after a wrong passphrase, and says so at its field', async () => {
  fake.isRefused = true;
  const { user, closed } = showDialog();
  const field = await screen.findByLabelText('Passphrase of the image');
  await user.type(field, 'wrong');
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  expect(await screen.findByText('The passphrase is wrong.')).toBeTruthy();
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(closed).not.toHaveBeenCalled();
  await user.type(field, '!');
  expect(screen.queryByText('The passphrase is wrong.')).toBeNull();
});

it('asks for the PEM key of an image that one opens, and says where it does not run', async () => {
  const runsHere = { isPossible: false, text: 'Only root can open it.' };
  fake.encryption = { kind: 'dm-crypt', opens: 'pem', runsHere, text: 'It is encrypted with dm-crypt.' };
  const { user } = showDialog();
  const field = await screen.findByLabelText('PEM private key');
  expect(screen.getByText(/with dm-crypt. Only root can open it/)).toBeTruthy();
  await user.type(field, 'mine.pem');
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  expect(screen.getByText('Give the full path, from / on.')).toBeTruthy();
  await user.clear(field);
  await user.type(field, '/keys/mine.pem');
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  await waitFor(() =>
    expect(fake.opened).toHaveBeenCalledWith(
      expect.objectContaining({
        subject: expect.objectContaining({
          action: expect.objectContaining({ opensWith: { type: 'pem', path: '/keys/mine.pem' } }),
        }),
      }),
    ),
  );
});
