// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { sampleReport, sampleSshHost } from '#renderer/testing/samples.ts';
import { fake, sampleInstance, sampleWorkspaceForStart, showInstances } from './fakeInstances.tsx';

it('lists instances with node and workspace, tells those of other nodes apart, and counts what one uses', async () => {
  fake.instances = [
    sampleInstance(),
    sampleInstance({ name: 'far', node: 'login2', isRunning: null, processId: null, workspace: null }),
  ];
  const { user } = showInstances(sampleSshHost());
  const row = await screen.findByRole('row', { name: /web1/ });
  expect(row.textContent).toContain('bench');
  expect(screen.getByText(/This is what login1 runs. Other login nodes of hydra/)).toBeTruthy();
  expect(screen.getByText('1 on login1')).toBeTruthy();
  await user.click(row);
  const detail = await screen.findByRole('complementary', { name: 'Detail of web1' });
  expect(await within(detail).findByText('21.0 MB')).toBeTruthy();
  expect(within(detail).getByText(/Counted from its processes.*no control group/)).toBeTruthy();
  await user.click(screen.getByRole('row', { name: /far/ }));
  const far = await screen.findByRole('complementary', { name: 'Detail of far' });
  expect(far.textContent).toContain('sign in to that node');
  expect(within(far).queryByRole('button', { name: 'Open shell' })).toBeNull();
});

it('shows the end of the log without what would move a terminal’s cursor', async () => {
  fake.out = 'first\n10 %\r100 %\n\u001b[31mred\u001b[0m \u0007bell\n';
  const { user } = showInstances();
  await user.click(await screen.findByRole('row', { name: /web1/ }));
  await user.click(await screen.findByRole('tab', { name: 'Log' }));
  const log = await screen.findByRole('figure', { name: 'Output' });
  expect(log.textContent).toContain('first\n100 %\nred ');
  expect(log.textContent).not.toContain('\u0007');
});

it('starts one: mistakes are said at their fields, the command and what should be known stand below', {
  timeout: 30_000,
}, async () => {
  fake.instances = [];
  const { user } = showInstances();
  expect(await screen.findByText('No instances on login1')).toBeTruthy();
  await user.click(screen.getAllByRole('button', { name: 'Start instance…' })[0] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Start an instance' });
  await user.click(within(dialog).getByRole('button', { name: 'Start' }));
  expect(within(dialog).getByText('Choose an image.')).toBeTruthy();
  await user.type(within(dialog).getByLabelText('Image'), '/images/web.sif');
  await user.type(within(dialog).getByLabelText('Name'), 'web 1');
  expect(within(dialog).getByText(/Letters, digits/)).toBeTruthy();
  await user.clear(within(dialog).getByLabelText('Name'));
  await user.type(within(dialog).getByLabelText('Name'), 'web2');
  await user.type(within(dialog).getByLabelText('Folders of the host'), '/data/a:/a:ro');
  await user.type(within(dialog).getByLabelText('Arguments of the start script'), '--port 80');
  expect(await within(dialog).findByText('apptainer instance start /images/web.sif web2')).toBeTruthy();
  expect(within(dialog).getByText('Somebody else has this workspace open.')).toBeTruthy();
  await user.click(within(dialog).getByRole('button', { name: 'Start' }));
  expect(await screen.findByRole('complementary', { name: 'Detail of web2' })).toBeTruthy();
  expect(fake.asked).toHaveBeenCalledWith(
    'start',
    expect.objectContaining({
      name: 'web2',
      args: ['--port', '80'],
      options: expect.objectContaining({
        binds: [{ source: '/data/a', destination: '/a', isReadOnly: true }],
      }),
    }),
  );
});

it('proposes the image of the chosen workspace, until one is typed', async () => {
  fake.instances = [];
  fake.workspaces = [sampleWorkspaceForStart('bench')];
  const { user } = showInstances();
  await user.click((await screen.findAllByRole('button', { name: 'Start instance…' }))[0] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Start an instance' });
  const image = within(dialog).getByLabelText<HTMLInputElement>('Image');
  await user.click(within(dialog).getByRole('combobox', { name: 'Workspace' }));
  await user.click(await screen.findByRole('option', { name: 'bench' }));
  await waitFor(() => expect(image.value).toBe('/images/found.sif'));
  await user.clear(image);
  await user.type(image, '/own.sif');
  expect(image.value).toBe('/own.sif');
});

it('stops one when that is confirmed, and keeps the question where it fails', async () => {
  fake.refusal = sampleReport({ code: 'instance.unknown', title: 'There is no instance web1' });
  const { user } = showInstances();
  await user.click(await screen.findByRole('row', { name: /web1/ }));
  await user.click(await screen.findByRole('button', { name: 'Stop instance…' }));
  await user.click(await screen.findByRole('button', { name: 'Stop web1' }));
  expect(await screen.findByText('There is no instance web1')).toBeTruthy();
  fake.refusal = null;
  await user.click(screen.getByRole('button', { name: 'Stop web1' }));
  await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('stop', { hostId: 'local', name: 'web1' }));
  expect(await screen.findByText('No instances on login1')).toBeTruthy();
});

it('offers to connect a host that is away', () => {
  showInstances(sampleSshHost({ connection: { state: 'disconnected', since: 0, reason: null } }));
  expect(screen.getByText('hydra is not connected')).toBeTruthy();
});
