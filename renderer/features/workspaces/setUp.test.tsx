// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#renderer/commands/registry.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { terminalsStore } from '#renderer/state/terminals.ts';
import { sampleHost, sampleReport } from '#renderer/testing/samples.ts';
import { fake, showWorkspaces } from './fakeWorkspaces.tsx';
import { sampleMoment, sampleWorkspace } from './sampleWorkspaces.ts';

const address = 'https://git.example.org/spack.git';
const bare = sampleWorkspace('md', { software: [] });

async function openSetUp(from = 'the palette') {
  fake.workspaces = [bare];
  const shown = showWorkspaces();
  await shown.user.click(await screen.findByRole('row', { name: /^md/ }));
  const detail = await screen.findByRole('complementary', { name: 'md' });
  if (from === 'the palette') await act(() => runCommand('workspaces.setUp'));
  else await shown.user.click(within(detail).getByRole('button', { name: 'Set up software…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Set up software in md' });
  await within(dialog).findByRole('radio', { name: 'Spack' });
  return { ...shown, detail, dialog, submit: within(dialog).getByRole('button', { name: 'Set up' }) };
}

async function beginSpack() {
  const shown = await openSetUp();
  await shown.user.type(within(shown.dialog).getByLabelText('Git address'), address);
  await shown.user.click(shown.submit);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  return shown;
}

/** As core tells that the terminal's program has ended. */
function endTerminal(exitStatus: number | null): void {
  act(() =>
    terminalsStore.setState(({ terminals }) => ({
      terminals: terminals.map((terminal) => ({
        ...terminal,
        ended: { at: sampleMoment, exitStatus, signal: exitStatus === null ? 'SIGHUP' : null },
      })),
    })),
  );
}

describe('setting software up', () => {
  it('says what each recipe does and why, and shows the script and what to know', async () => {
    fake.recipeWarnings = ['bob has it open on node7: apptainer shell'];
    const { user, dialog } = await openSetUp('the detail');
    const words = within(dialog).getByRole('region', { name: 'Spack' });
    expect(words.textContent).toContain('Takes Spack to the workspace.');
    expect(words.textContent).toContain('nothing has to be relocated');
    expect(within(dialog).getByLabelText<HTMLInputElement>('In which image it runs').value).toBe(
      '/images/debian-12.sif',
    );
    await user.click(within(dialog).getByRole('radio', { name: 'R packages' }));
    expect(within(dialog).getByRole('region', { name: 'R packages' })).toBeTruthy();
    await user.type(within(dialog).getByLabelText('Packages (optional)'), 'sf -x');
    expect(within(dialog).getByText('No name of a package: -x')).toBeTruthy();
    await user.clear(within(dialog).getByLabelText('Packages (optional)'));
    expect(await within(dialog).findByText(/bob has it open on node7/)).toBeTruthy();
    await user.click(within(dialog).getByText('The script that runs', { selector: 'summary' }));
    expect(within(dialog).getByRole('figure').textContent).toContain('set -eu');
  });

  it('opens a terminal with what was chosen, and measures when it has ended well', async () => {
    const { user, dialog, submit, detail } = await openSetUp();
    await user.click(submit);
    expect(within(dialog).getByText(/Give an address like/)).toBeTruthy();
    await user.type(within(dialog).getByLabelText('Git address'), address);
    await user.type(within(dialog).getByLabelText('Branch or tag (optional)'), 'v1.0.2');
    await user.click(submit);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.asked).toHaveBeenCalledWith(
      'prepare',
      expect.objectContaining({
        id: bare.id,
        imagePath: '/images/debian-12.sif',
        choice: { kind: 'spack', from: { kind: 'git', address }, reference: 'v1.0.2', buildJobs: 2 },
      }),
    );
    expect(fake.asked).toHaveBeenCalledWith(
      'open',
      expect.objectContaining({
        kind: 'container',
        action: expect.objectContaining({ workspace: bare.id, verb: 'exec' }),
      }),
    );
    expect(layoutStore.getState().dockTab).toBe('terminals');
    expect(within(detail).getByText('Setting up in a terminal: Spack')).toBeTruthy();
    expect(screen.getByRole('row', { name: /^md/ }).textContent).toContain('Setting up: Spack');
    expect(fake.asked).not.toHaveBeenCalledWith('measure', expect.anything());
    endTerminal(0);
    await waitFor(() => expect(fake.asked).toHaveBeenCalledWith('measure', { hostId: 'local', id: bare.id }));
    expect(within(detail).queryByText(/Setting up/)).toBeNull();
  });

  it('says that it ended otherwise, with the next step, and begins again with what was typed', async () => {
    const { user, detail } = await beginSpack();
    endTerminal(1);
    const alert = await within(detail).findByRole('alert');
    expect(alert.textContent).toContain('It ended with status 1.');
    expect(alert.textContent).toContain('Mend what the terminal names');
    expect(screen.getByRole('row', { name: /^md/ }).textContent).toContain('Not set up: Spack');
    expect(fake.asked).not.toHaveBeenCalledWith('measure', expect.anything());
    await user.click(within(alert).getByRole('button', { name: 'Set up again…' }));
    const again = await screen.findByRole('dialog');
    expect((await within(again).findByLabelText<HTMLInputElement>('Git address')).value).toBe(address);
    await user.click(within(again).getByRole('button', { name: 'Cancel' }));
    await user.click(within(detail).getByRole('button', { name: 'Dismiss' }));
    expect(within(detail).queryByRole('alert')).toBeNull();
  });

  it('says that nobody saw the end of a terminal that was closed', async () => {
    const { detail } = await beginSpack();
    act(() => terminalsStore.setState({ terminals: [] }));
    const alert = await within(detail).findByRole('alert');
    expect(alert.textContent).toContain('nobody saw how it ended');
    expect(within(alert).queryByRole('button', { name: 'Show the terminal' })).toBeNull();
  });

  it('shows what core refuses at the field that it is about', async () => {
    fake.prepareRefusal = sampleReport({ code: 'host.pathMissing', title: 'There is no such installer.' });
    const { user, dialog } = await openSetUp();
    await user.click(within(dialog).getByRole('radio', { name: 'conda or mamba' }));
    const installer = within(dialog).getByLabelText('Installer on local');
    await user.type(installer, '/x/Miniforge3.sh');
    const notice = await within(dialog).findByText('There is no such installer.');
    const image = within(dialog).getByLabelText('In which image it runs');
    expect(installer.compareDocumentPosition(notice)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
    expect(notice.compareDocumentPosition(image)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  it('wants an image where the workspace was made for none', async () => {
    fake.workspaces = [sampleWorkspace('plain', { image: null })];
    const { user } = showWorkspaces();
    await user.click(await screen.findByRole('row', { name: /^plain/ }));
    await act(() => runCommand('workspaces.setUp'));
    const dialog = await screen.findByRole('dialog');
    await user.click(await within(dialog).findByRole('radio', { name: 'R packages' }));
    expect(within(dialog).getByLabelText<HTMLInputElement>('In which image it runs').value).toBe(
      `${sampleHost.imageFolders[0]}/`,
    );
    await user.click(within(dialog).getByRole('button', { name: 'Set up' }));
    expect(within(dialog).getByText('Choose an image.')).toBeTruthy();
    expect(fake.asked).not.toHaveBeenCalled();
  });
});
