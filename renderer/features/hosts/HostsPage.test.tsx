// @vitest-environment happy-dom
import { act, configure, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Diagnosis, Host, Prompt } from '#core/contract/hosts.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { noticesStore } from '#renderer/state/notices.ts';
import { promptsFollowing, promptsStore } from '#renderer/state/prompts.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSshHost } from '#renderer/testing/samples.ts';
import { HostDialogs } from './HostDialogs.tsx';
import { HostsPage } from './HostsPage.tsx';
import { hostCommands } from './hostCommands.ts';
import { hostsPageStore } from './hostsState.ts';

const hydra = hostIdSchema.parse('hydra');
const added = vi.fn();
const edited = vi.fn();
const connected = vi.fn();
const answered = vi.fn();
const removedHost = vi.fn();
const removedLeftovers = vi.fn();
/** What connecting fails with. */
let refusal: ErrorReport | null = null;

const diagnosis: Diagnosis = {
  verdicts: [
    {
      id: 'run',
      group: 'runtime',
      level: 'works',
      sentence: 'You can run images here.',
      fact: 'Apptainer 1.4.5.',
      fix: null,
    },
    {
      id: 'subuid',
      group: 'privilege',
      level: 'blocked',
      sentence: 'You cannot install packages in a build here.',
      fact: 'No range for alice.',
      fix: { command: 'sudo usermod --add-subuids 1-2 alice', who: 'administrator' },
    },
  ],
  features: [
    {
      id: 'build',
      title: 'Build from a definition file',
      here: 'limited',
      reason: 'Packages cannot change owners.',
      with: { setuid: false, userNamespaces: true, subuid: true, fuse: false },
    },
  ],
  facts: [{ group: 'storage', name: '$SCRATCH', value: '3.2 TB free' }],
};

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between list and detail takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  serveFakeCore((os) => ({
    hosts: {
      doctor: os.hosts.doctor.handler(() => diagnosis),
      offered: os.hosts.offered.handler(() => ({
        hosts: [
          { destination: 'gateway', address: 'alice@gw.example.org:22' },
          { destination: 'lumi', address: 'alice@login.lumi.example.org:22 via gateway' },
        ],
      })),
      add: os.hosts.add.handler(({ input }) => {
        added(input);
        return sampleSshHost({
          id: hostIdSchema.parse(input.label),
          label: input.label,
          connection: { state: 'disconnected', since: 1, reason: null },
        });
      }),
      edit: os.hosts.edit.handler(({ input }) => {
        edited(input.preferences);
        return sampleSshHost();
      }),
      connect: os.hosts.connect.handler(({ input, errors }) => {
        connected(input.hostId);
        if (refusal !== null) throw errors.WORKBENCH({ data: refusal });
        return sampleSshHost();
      }),
      remove: os.hosts.remove.handler(({ input }) => {
        removedHost(input.hostId);
        return {};
      }),
      answerPrompt: os.hosts.answerPrompt.handler(({ input }) => {
        answered(input.id, input.answer);
        return {};
      }),
      leftovers: os.hosts.leftovers.handler(() => ({
        leftovers: [
          { id: 'a', title: 'Pull of docker://alpine:3.20', sizeBytes: 4e6, modifiedAt: 1 },
          { id: 'b', title: 'Half a file', sizeBytes: 2e6, modifiedAt: 1 },
        ],
      })),
      removeLeftovers: os.hosts.removeLeftovers.handler(({ input }) => {
        removedLeftovers(input.ids);
        return { removed: input.ids.length };
      }),
    },
  }));
});

beforeEach(() => {
  refusal = null;
  noticesStore.setState({ notices: [] });
  for (const spy of [added, edited, connected, answered, removedHost, removedLeftovers]) spy.mockClear();
  hostsPageStore.setState({ filter: '', tab: 'overview', dialog: null, isSwitcherOpen: false });
  promptsStore.setState({ prompts: [], answeredIds: new Set(), signingInTo: null });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(hostCommands, () => ({ page: 'hosts' }));
});

function show(shown: Host, others: readonly Host[] = [sampleHost]) {
  hostsStore.setState({ isLoaded: true, hosts: [...others, shown], currentId: shown.id });
  return renderPage(
    <>
      <HostsPage />
      <HostDialogs />
    </>,
  );
}

/** The line of hydra in some state. */
function hydraThat(state: Host['connection']['state'], change: Partial<Host> = {}): Host {
  return sampleSshHost({ connection: { state, since: 1, reason: null }, ...change });
}

function tellHosts(shown: Host) {
  act(() => hostsStore.setState({ hosts: [sampleHost, shown] }));
}

function ask(change: Partial<Prompt>): Prompt {
  return {
    id: 'one',
    hostId: hydra,
    kind: 'secret',
    text: 'Password: ',
    fingerprint: null,
    canRemember: false,
    askedAt: 1,
    ...change,
  };
}

function tellPrompts(...prompts: readonly Prompt[]) {
  act(() => promptsFollowing.onEvent({ prompts }));
}

describe('the hosts page', { timeout: 30_000 }, () => {
  it('says what hosts are for while this machine is the only one, and adds an offered one', async () => {
    const { user } = show(sampleHost, []);
    expect(screen.getByText('Work on a cluster as on this machine')).toBeTruthy();
    await user.click(screen.getAllByRole('button', { name: 'Add host…' })[0] ?? document.body);
    await user.type(await screen.findByLabelText('Search by name or address'), 'login');
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
      'lumialice@login.lumi.example.org:22 via gateway',
    ]);
    await user.keyboard('{ArrowDown}');
    expect(screen.getByLabelText('Name in the workbench')).toHaveProperty('value', 'lumi');
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(added).toHaveBeenCalledWith(
        expect.objectContaining({ label: 'lumi', destination: 'lumi', port: null, sharesConnection: true }),
      ),
    );
    await waitFor(() => expect(connected).toHaveBeenCalledWith('lumi'));
    expect(screen.getByRole('region', { name: 'About lumi' })).toBeTruthy();
  });

  it('adds a host by hand from the command that a site tells, and says what is wrong with others', async () => {
    const { user } = show(sampleSshHost());
    act(() => hostsPageStore.setState({ dialog: { kind: 'add' } }));
    await user.click(await screen.findByRole('radio', { name: 'By hand' }));
    const destination = screen.getByLabelText('ssh destination');
    await user.type(destination, 'alice@login.hydra.example.org -X');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText(/without options or spaces/)).toBeTruthy();
    expect(added).not.toHaveBeenCalled();
    await user.clear(destination);
    await user.type(destination, 'ssh -p 2222 alice@login.hydra.example.org');
    expect(screen.getByLabelText('Name in the workbench')).toHaveProperty('value', 'hydra 2');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() =>
      expect(added).toHaveBeenCalledWith(
        expect.objectContaining({ destination: 'alice@login.hydra.example.org', port: 2222 }),
      ),
    );
  });

  it('says why a host refused, and connects again only when asked', async () => {
    const reason = sampleReport({
      code: 'host.authenticationFailed',
      title: 'hydra did not accept the sign-in.',
      nextStep: 'Check the password.',
    });
    const { user } = show(hydraThat('refused', { connection: { state: 'refused', since: 1, reason } }));
    const notice = await screen.findByRole('alert');
    expect(within(notice).getByText('hydra did not accept the sign-in.')).toBeTruthy();
    expect(within(notice).getByText('Check the password.')).toBeTruthy();
    expect(connected).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: 'Connect again' }));
    await waitFor(() => expect(connected).toHaveBeenCalledWith(hydra));
  });

  it('tells a failure to connect as a notice only where the page does not say it', async () => {
    refusal = sampleReport({ code: 'host.timeout', title: 'hydra does not answer' });
    const { user } = show(hydraThat('disconnected'));
    layoutStore.setState({ page: 'hosts' });
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(connected).toHaveBeenCalledTimes(1));
    layoutStore.setState({ page: 'settings' });
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(noticesStore.getState().notices).toHaveLength(1));
    expect(noticesStore.getState().notices[0]?.title).toBe('hydra does not answer');
  });

  it('shows the verdicts in groups, and the features in words, not by colour alone', async () => {
    const { user } = show(sampleSshHost());
    await user.click(screen.getByRole('tab', { name: 'Doctor' }));
    const rights = await screen.findByRole('region', { name: 'Rights' });
    expect(within(rights).getByText('You cannot install packages in a build here.')).toBeTruthy();
    expect(within(rights).getByText('sudo usermod --add-subuids 1-2 alice')).toBeTruthy();
    expect(within(rights).getByText('an administrator')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Risks and blocked' }));
    expect(screen.queryByRole('region', { name: 'Runtime' })).toBe(null);
    await user.click(screen.getByRole('tab', { name: 'Features' }));
    const row = await screen.findByRole('row', { name: /Build from a definition file/ });
    expect(
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['limited', 'would not work', 'would work', 'would work', 'would not work']);
  });

  it('keeps what was known of a lost host, marked as old', async () => {
    const { user } = show(sampleSshHost());
    await user.click(screen.getByRole('tab', { name: 'Doctor' }));
    await screen.findByText('You can run images here.');
    tellHosts(hydraThat('lost'));
    expect(screen.getByText('You can run images here.')).toBeTruthy();
    expect(screen.getByText(/hydra is not connected now/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Reconnect' })).toBeTruthy();
  });

  it('checks the settings before they are kept, and takes a proposed folder with one click', async () => {
    const { user } = show(
      sampleSshHost({
        proposals: [{ use: 'cache', path: hostPathFromText('/scratch/alice/images'), reason: '$SCRATCH' }],
      }),
    );
    await user.click(screen.getByRole('tab', { name: 'Settings' }));
    const port = await screen.findByLabelText('Port');
    await user.type(port, 'ssh');
    await user.click(screen.getByRole('button', { name: 'Use /scratch/alice/images' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('A number from 1 to 65535.')).toBeTruthy();
    expect(edited).not.toHaveBeenCalled();
    await user.clear(port);
    await user.type(port, '2222');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(edited).toHaveBeenCalledWith(
        expect.objectContaining({ port: 2222, cacheFolder: '/scratch/alice/images' }),
      ),
    );
  });

  it('removes only the leftovers that are chosen, after asking with their sizes', async () => {
    const { user } = show(sampleSshHost());
    await user.click(screen.getByRole('tab', { name: 'Leftovers' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Half a file' }));
    await user.click(screen.getByRole('button', { name: 'Remove 1…' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove 1 leftover from hydra?' });
    expect(within(dialog).getByText('4.0 MB')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(removedLeftovers).toHaveBeenCalledWith(['a']));
  });

  it('asks before a host is removed, and says that nothing on it is touched', async () => {
    const { user } = show(sampleSshHost());
    act(() => hostsPageStore.setState({ dialog: { kind: 'remove', hostId: hydra } }));
    const dialog = await screen.findByRole('alertdialog');
    expect(within(dialog).getByText(/Nothing on the host is touched/)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Remove host' }));
    await waitFor(() => expect(removedHost).toHaveBeenCalledWith(hydra));
  });
});

describe('what ssh asks', { timeout: 30_000 }, () => {
  it('is shown letter by letter, one question after another in the same dialog', async () => {
    const { user } = show(hydraThat('needsYou'));
    tellPrompts(ask({ text: '(alice@login) Password\u202e: ' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in to hydra' });
    expect(within(dialog).getByText(/\(alice@login\) Password\\u202e:/)).toBeTruthy();
    expect(within(dialog).getByText('alice@login.hydra.example.org:22')).toBeTruthy();
    const field = within(dialog).getByLabelText('Your answer');
    expect(field).toHaveProperty('type', 'password');
    expect(document.activeElement).toBe(field);
    await user.keyboard('hunter2');
    await user.click(within(dialog).getByRole('button', { name: 'Show the answer' }));
    expect(field).toHaveProperty('type', 'text');
    await user.click(field);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(answered).toHaveBeenCalledWith('one', 'hunter2'));
    tellPrompts();
    expect(screen.getByText('ssh goes on signing in…')).toBeTruthy();
    tellPrompts(ask({ id: 'two', kind: 'text', text: 'Verification code: ' }));
    expect(screen.getByRole('dialog')).toBe(dialog);
    expect(screen.getByLabelText('Your answer')).toHaveProperty('value', '');
    expect(document.activeElement).toBe(screen.getByLabelText('Your answer'));
    await user.keyboard('123456{Enter}');
    await waitFor(() => expect(answered).toHaveBeenCalledWith('two', '123456'));
    tellPrompts();
    tellHosts(hydraThat('connected'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
  });

  it('is given up with Escape', async () => {
    const { user } = show(hydraThat('needsYou'));
    tellPrompts(ask({}));
    await screen.findByRole('dialog');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(answered).toHaveBeenCalledWith('one', null));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
  });

  it('takes no key that nobody accepted: Enter does not', async () => {
    const { user } = show(hydraThat('needsYou'));
    const key = { algorithm: 'ED25519', sha256: 'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM' };
    tellPrompts(ask({ kind: 'hostKey', text: 'Are you sure (yes/no)? ', fingerprint: key }));
    const dialog = await screen.findByRole('dialog', { name: 'Is this the right machine?' });
    expect(within(dialog).getByText(key.sha256)).toBeTruthy();
    const accept = within(dialog).getByRole('button', { name: 'Accept this key' });
    expect(document.activeElement).not.toBe(accept);
    await user.click(accept);
    await waitFor(() => expect(answered).toHaveBeenCalledWith('one', 'yes'));
  });

  it('of several hosts waits in line', async () => {
    const lumi = sampleSshHost({ id: hostIdSchema.parse('lumi'), label: 'lumi' });
    const { user } = show(hydraThat('needsYou'), [sampleHost, lumi]);
    tellPrompts(ask({}), ask({ id: 'other', hostId: lumi.id, askedAt: 2 }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in to hydra' });
    expect(within(dialog).getByText('1 more question waits, from another host.')).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(await screen.findByRole('dialog', { name: 'Sign in to lumi' })).toBeTruthy();
  });
});
