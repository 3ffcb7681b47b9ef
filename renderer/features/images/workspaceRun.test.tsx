// @vitest-environment happy-dom
import { configure, screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { terminalIdSchema, workspaceIdSchema } from '#core/contract/ids.ts';
import type { Preflight, Workspace } from '#core/contract/workspaces.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost } from '#renderer/testing/samples.ts';
import { RunDialog } from './RunDialog.tsx';
import { sampleImage } from './sampleImages.ts';

const workspace = (name: string, modifiedAt: number): Workspace => ({
  version: 1,
  id: workspaceIdSchema.parse(`workspace-${name}`),
  name,
  description: '',
  createdAt: 0,
  image: null,
  size: null,
  software: [],
  lineage: [],
  layered: null,
  below: null,
  hostId: sampleHost.id,
  folder: hostPathFromText(`/w/${name}`),
  modifiedAt,
  snapshots: [],
  writers: [],
});

const straight: Preflight = { route: 'home', sentence: 'It is the home folder inside.', items: [] };
const blocked: Preflight = {
  route: 'none',
  sentence: 'The workspace cannot be opened.',
  items: [
    {
      code: 'userBindControl',
      level: 'blocked',
      sentence: 'Binds are forbidden.',
      nextStep: 'Choose the isolation “host”.',
    },
  ],
};
const fake = { opened: vi.fn(), kept: vi.fn() };

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  serveFakeCore((os) => ({
    images: {
      recallRun: os.images.recallRun.handler(({ input }) => ({
        run: input.path.endsWith('known.sif')
          ? {
              binds: [{ source: hostPathFromText('/data'), destination: '/data', isReadOnly: true }],
              gpu: 'none' as const,
              isWritableTmpfs: false,
              isolation: 'clean' as const,
              workspace: workspace('older', 1).id,
            }
          : null,
      })),
      rememberRun: os.images.rememberRun.handler(({ input }) => {
        fake.kept(input);
        return {};
      }),
      previewAction: os.images.previewAction.handler(({ input }) => ({
        command: `apptainer shell ${input.workspace ?? 'alone'}`,
        enters: [],
        warnings: [],
      })),
    },
    workspaces: {
      list: os.workspaces.list.handler(() => ({
        parent: hostPathFromText('/w'),
        workspaces: [workspace('older', 1), workspace('newer', 2)],
        broken: [],
      })),
      preflight: os.workspaces.preflight.handler(({ input }) =>
        input.action.options.isolation === 'host' ? straight : blocked,
      ),
    },
    terminals: {
      open: os.terminals.open.handler(({ input }) => {
        fake.opened(input.subject);
        return {
          id: terminalIdSchema.parse('11111111-aaaa'),
          hostId: sampleHost.id,
          title: '',
          subject: input.subject,
          command: '',
          startedAt: 0,
          ended: null,
        };
      }),
    },
  }));
});

beforeEach(() => {
  fake.opened.mockClear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
});

const show = (wantsWorkspace: boolean, name: string) =>
  renderPage(
    <RunDialog image={sampleImage(name)} verb="shell" wantsWorkspace={wantsWorkspace} onClose={vi.fn()} />,
  );

it('opens a shell in the workspace that is chosen', async () => {
  const { user } = show(false, 'plain.sif');
  const field = await screen.findByRole('combobox', { name: 'Workspace' });
  await waitFor(() => expect(field).toHaveProperty('disabled', false));
  expect(field.textContent).toBe('None');
  await user.click(field);
  await user.click(await screen.findByRole('option', { name: /older/ }));
  expect(await screen.findByText('It is the home folder inside.')).toBeTruthy();
  expect(await screen.findByText('apptainer shell workspace-older')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  await waitFor(() =>
    expect(fake.opened.mock.calls[0]?.[0]).toMatchObject({ action: { workspace: 'workspace-older' } }),
  );
});

it('says what the preflight finds as the form changes, and proposes one where that was asked for', async () => {
  const { user } = show(true, 'wanted.sif');
  expect(await screen.findByText('It is the home folder inside.')).toBeTruthy();
  expect(screen.getByRole('combobox', { name: 'Workspace' }).textContent).toBe('newer');
  await user.click(screen.getByRole('radio', { name: 'Sealed' }));
  const list = await screen.findByRole('list', { name: 'Whether and how the workspace can be opened' });
  await waitFor(() =>
    expect(list.textContent).toBe('Not possible: Binds are forbidden. Choose the isolation “host”.'),
  );
});

it('begins as the image was started last, and keeps that without words and variables', async () => {
  const { user } = show(false, 'known.sif');
  await waitFor(() =>
    expect(screen.getByRole('radio', { name: 'Clean' }).getAttribute('aria-checked')).toBe('true'),
  );
  expect(screen.getByLabelText('Bind 1, in the container')).toHaveProperty('value', '/data');
  await user.click(screen.getByRole('radio', { name: 'Sealed' }));
  await user.click(screen.getByText('Environment variables'));
  await user.type(screen.getByLabelText('One NAME=value a line.'), 'TOKEN=secret');
  await user.click(screen.getByRole('button', { name: 'Open shell' }));
  await waitFor(() =>
    expect(fake.kept.mock.calls.at(-1)?.[0]).toMatchObject({
      path: sampleImage('known.sif').path,
      run: { isolation: 'sealed', workspace: 'workspace-older' },
    }),
  );
  expect(JSON.stringify(fake.kept.mock.calls)).not.toContain('secret');
});
