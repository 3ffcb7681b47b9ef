// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import { runCommand } from '#renderer/commands/registry.ts';
import { fake, openFile, definitionPath as path, showBuilds, startedId, type } from './fakeBuilds.tsx';
import { sampleBuild, sampleDefinition, samplePlan } from './sampleBuilds.ts';

describe('the form of a build', () => {
  it('says the way, its limits, files and command, then starts and shows the build', async () => {
    fake.builds = [sampleBuild({ id: startedId, outcome: 'running', endedAt: null })];
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog', { name: 'Build gromacs.def' });
    expect(await within(dialog).findByText(/without root, with your range/)).toBeTruthy();
    expect(dialog.textContent).toContain('Device files are not made.');
    expect(dialog.textContent).toContain('data/topol');
    expect(dialog.textContent).toContain('apptainer build --fakeroot');
    await user.click(within(dialog).getByRole('button', { name: 'Build' }));
    await waitFor(() => expect(fake.built).toHaveBeenCalledOnce());
    expect(fake.built.mock.calls[0]?.[0]).toMatchObject({ definition: { kind: 'file', path } });
    expect(await screen.findByRole('region', { name: 'Build of gromacs.def' })).toBeTruthy();
  });

  it('takes a missing file from where the person picks it', async () => {
    const [file] = samplePlan().files;
    if (file === undefined) throw new Error('the plan has no file');
    fake.plan = { files: [{ ...file, kind: 'missing', sizeBytes: 0, count: 0 }] };
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog', { name: 'Build gromacs.def' });
    await user.click(await within(dialog).findByRole('button', { name: 'Pick data/topol on a host…' }));
    const pick = await screen.findByRole('dialog', { name: 'Where is data/topol?' });
    await user.click(within(pick).getByRole('combobox', { name: 'On' }));
    await user.click(await screen.findByRole('option', { name: 'hydra' }));
    const field = within(pick).getByRole('combobox', { name: 'File or folder' });
    await user.clear(field);
    await user.type(field, '/scratch/alice/topol');
    const picked = { source: 'data/topol', hostId: 'hydra', path: '/scratch/alice/topol' };
    const place = { hostId: hostIdSchema.parse('hydra'), pickedPath: hostPathFromText(picked.path) };
    fake.plan = { files: [{ ...file, ...place, isSent: true }] };
    await user.click(within(pick).getByRole('button', { name: 'Use it' }));
    expect(await within(dialog).findByText('/scratch/alice/topol')).toBeTruthy();
    expect(dialog.textContent).toContain('hydra');
    await user.click(within(dialog).getByRole('button', { name: 'Build' }));
    await waitFor(() => expect(fake.built).toHaveBeenCalledOnce());
    expect(fake.built.mock.calls[0]?.[0]).toMatchObject({ elsewhere: [picked] });
  });

  it('builds as root through sudo when the person chooses it', async () => {
    fake.plan = { way: { ...samplePlan().way, canSudo: true } };
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog', { name: 'Build gromacs.def' });
    await user.click(await within(dialog).findByRole('radio', { name: 'Root, through sudo' }));
    const build = within(dialog).getByRole('button', { name: 'Build' });
    await waitFor(() => expect(build).toHaveProperty('disabled', false));
    await user.click(build);
    await waitFor(() => expect(fake.built).toHaveBeenCalledOnce());
    expect(fake.built.mock.calls[0]?.[0]).toMatchObject({ way: 'sudo' });
  });

  it('writes changes first', async () => {
    const { user } = showBuilds();
    await openFile();
    type(`${sampleDefinition}# more\n`);
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog');
    const build = within(dialog).getByRole('button', { name: 'Build' });
    await waitFor(() => expect(build).toHaveProperty('disabled', false));
    await user.click(build);
    await waitFor(() => expect(fake.built).toHaveBeenCalledOnce());
    expect(fake.files.get(path)?.text).toContain('# more');
  });

  it('replaces an image only when the person says so', async () => {
    fake.plan = { exists: { sizeBytes: 5_000_000 } };
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog');
    const overwrite = await within(dialog).findByRole('checkbox', { name: 'Replace it' });
    expect(within(dialog).getByRole('button', { name: 'Build' })).toHaveProperty('disabled', true);
    await user.click(overwrite);
    await user.click(await within(dialog).findByRole('button', { name: 'Build and replace' }));
    await waitFor(() => expect(fake.built.mock.calls[0]?.[0]).toMatchObject({ overwrite: true }));
  });

  it('lets a proposed file name come only where nobody is typing one', async () => {
    let answer: (() => void) | undefined;
    fake.whenPlanned = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog', { name: 'Build gromacs.def' });
    const name = within(dialog).getByLabelText<HTMLInputElement>('File name');
    await user.click(name);
    answer?.();
    expect(await within(dialog).findByText(/without root, with your range/)).toBeTruthy();
    expect(name.value).toBe('');
    await user.keyboard('own.sif');
    expect(name.value).toBe('own.sif');
    await user.clear(name);
    await user.keyboard('other.sif');
    await user.tab();
    expect(name.value).toBe('other.sif');
  });

  it('proposes a file name again to whoever leaves the field as it was', async () => {
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog', { name: 'Build gromacs.def' });
    const name = within(dialog).getByLabelText<HTMLInputElement>('File name');
    await user.click(name);
    expect(await within(dialog).findByText(/without root, with your range/)).toBeTruthy();
    await user.tab();
    expect(name.value).toBe('gromacs.sif');
  });

  it('never asks for a plan with a secret', async () => {
    const { user } = showBuilds();
    await openFile();
    await act(() => runCommand('builds.build'));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Add argument' }));
    await user.type(within(dialog).getByLabelText('Name of argument 1'), 'TOKEN');
    await user.click(await within(dialog).findByRole('checkbox', { name: /TOKEN is secret/ }));
    await user.type(within(dialog).getByLabelText('Value of TOKEN'), 'hunter2');
    await waitFor(() => expect(fake.linted).toHaveBeenLastCalledWith(sampleDefinition, { TOKEN: 'secret' }));
    const build = within(dialog).getByRole('button', { name: 'Build' });
    await waitFor(() => expect(build).toHaveProperty('disabled', false));
    await user.click(build);
    await waitFor(() => expect(fake.built).toHaveBeenCalledOnce());
    expect(JSON.stringify(fake.planned.mock.calls)).not.toContain('hunter2');
    expect(fake.built.mock.calls[0]?.[0]).toMatchObject({
      buildArguments: [{ name: 'TOKEN', value: 'hunter2', isSecret: true }],
    });
  });
});
