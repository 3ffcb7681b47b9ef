// @vitest-environment happy-dom
import { act, configure, screen, waitFor, within } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Repository, Tag } from '#core/contract/registries.ts';
import type { SettingsChange } from '#core/contract/settings.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands, runCommand } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { pullRequestStore, taken } from '#renderer/state/pullRequest.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSettings } from '#renderer/testing/samples.ts';
import { forgetRegistry } from './lists.ts';
import { RegistriesPage } from './RegistriesPage.tsx';
import { RegistryDialogs } from './RegistryDialogs.tsx';
import { askSignIn, registriesStore, resetRegistriesState } from './registriesState.ts';
import { registryCommands } from './registryCommands.ts';
import {
  imageFacts,
  sampleAccess,
  sampleRegistries,
  sampleRepository,
  sampleTag,
} from './sampleRegistries.ts';

const asked = vi.fn();
const signedIn = vi.fn();
const deleted = vi.fn();
const copied = vi.fn();
/** What the fake registry answers. */
let repositories: readonly Repository[] = [];
let tagBatches: readonly (readonly Tag[])[] = [];
let endNote: string | null = null;
let refusal: ErrorReport | null = null;
/** Held, the list of tags gives its first batch and waits. */
let hold: Promise<void> | null = null;

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  // happy-dom lays nothing out; a grid shows what its height has room for.
  for (const [side, pixels] of [
    ['clientWidth', 900],
    ['clientHeight', 600],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels });
  }
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between list and detail takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  serveFakeCore((os) => ({
    settings: {
      change: os.settings.change.handler(({ input }) => {
        applySettings(input);
        return settingsStore.getState().settings ?? sampleSettings;
      }),
    },
    registries: {
      recognise: os.registries.recognise.handler(({ input, errors }) => {
        asked('recognise', input.text);
        if (refusal !== null) throw errors.WORKBENCH({ data: refusal });
        return {
          kind: 'harbor' as const,
          address: 'harbor.example.org',
          label: 'harbor.example.org',
          allowHttp: input.allowHttp,
          apiUrl: null,
          s3: null,
          evidence: ['Answers /v2/ as an OCI registry.', 'Its API says Harbor 2.11.'],
        };
      }),
      repositories: os.registries.repositories.handler(async function* ({ input, errors }) {
        asked('repositories', input.term, input.path);
        if (refusal !== null) throw errors.WORKBENCH({ data: refusal });
        yield { type: 'repositories' as const, repositories: [...repositories] };
        yield { type: 'end' as const, note: endNote };
      }),
      tags: os.registries.tags.handler(async function* ({ input }) {
        asked('tags', input.repository);
        for (const [index, tags] of tagBatches.entries()) {
          if (index > 0) await hold;
          yield { type: 'tags' as const, tags: [...tags] };
        }
        yield { type: 'end' as const, note: endNote };
      }),
      tagFacts: os.registries.tagFacts.handler(({ input }) => {
        asked('tagFacts', input.tags);
        return {
          tags: input.tags.map((name) =>
            sampleTag(name, { sizeBytes: 7_000_000, digest: `sha256:${'f'.repeat(64)}` }),
          ),
        };
      }),
      show: os.registries.show.handler(({ input, errors }) => {
        asked('show', input.reference, input.architecture);
        if (refusal !== null) throw errors.WORKBENCH({ data: refusal });
        return imageFacts;
      }),
      access: os.registries.access.handler(({ input }) =>
        sampleAccess({
          registry: input.registry,
          rate: { limit: 100, remaining: 87, windowSeconds: 21_600, measuredAt: Date.now() },
          problems: ['The helper pass does not answer.'],
        }),
      ),
      signIn: os.registries.signIn.handler(({ input, errors }) => {
        if (input.credentials.password === 'wrong')
          throw errors.WORKBENCH({
            data: sampleReport({ title: 'The registry refused these credentials.' }),
          });
        signedIn(input);
        return {};
      }),
      planDelete: os.registries.planDelete.handler(() => ({
        digest: imageFacts.digest ?? '',
        tags: ['3.12', 'latest'],
        areAllTagsKnown: false,
        sizeBytes: 48_000_000,
      })),
      delete: os.registries.delete.handler(({ input }) => {
        deleted(input);
        return {};
      }),
      copyTag: os.registries.copyTag.handler(({ input }) => {
        copied(input);
        return { digest: imageFacts.digest ?? '' };
      }),
    },
  }));
});

function applySettings(change: SettingsChange): void {
  const settings = settingsStore.getState().settings ?? sampleSettings;
  settingsStore.setState({ settings: { ...settings, registries: change.registries ?? settings.registries } });
}

beforeEach(() => {
  vi.clearAllMocks();
  repositories = [sampleRepository('demo/python'), sampleRepository('demo/tiny')];
  tagBatches = [[sampleTag('3.9'), sampleTag('3.12'), sampleTag('latest')]];
  endNote = null;
  refusal = null;
  hold = null;
  resetRegistriesState();
  taken();
  for (const { id } of sampleRegistries) forgetRegistry(id);
  queryClient.clear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
  settingsStore.setState({
    settings: { ...sampleSettings, registries: [...sampleRegistries] },
    path: hostPathFromText('/home/alice/settings.json'),
  });
  layoutStore.setState({ page: 'registries' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(registryCommands, () => ({ page: layoutStore.getState().page }));
});

function show() {
  return renderPage(
    <>
      <RegistriesPage />
      <RegistryDialogs />
    </>,
  );
}
const rowNamed = (name: string | RegExp) => screen.findByRole('row', { name });
const rowNames = () =>
  screen.getAllByRole('row').flatMap((row) => (row.hasAttribute('data-index') ? [row.textContent] : []));

async function openTags() {
  const shown = show();
  await shown.user.click(screen.getByRole('button', { name: /Lab registry/ }));
  await shown.user.click(await rowNamed(/demo\/python/));
  await rowNamed(/3\.12/);
  return shown;
}

async function openImage() {
  const shown = await openTags();
  await shown.user.click(await rowNamed(/3\.12/));
  await screen.findByRole('tab', { name: 'Summary' });
  return shown;
}

describe('the list of registries', () => {
  it('asks nothing of a registry before it is opened', async () => {
    const { user } = show();
    expect(screen.getByText('Choose a registry')).toBeTruthy();
    screen.getByRole('button', { name: /Docker Hub/ }).focus();
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(document.activeElement?.textContent).toContain('Lab registry');
    expect(asked).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    await rowNamed(/demo\/tiny/);
    expect(asked).toHaveBeenCalledWith('repositories', '', null);
  });

  it('moves a registry with Alt and an arrow key', async () => {
    const { user } = show();
    screen.getByRole('button', { name: /Docker Hub/ }).focus();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() =>
      expect(settingsStore.getState().settings?.registries.map(({ id }) => id)).toEqual([
        'lab',
        'hub',
        'ghcr',
        'cvmfs',
      ]),
    );
  });

  it('says what the place is for when there is none', async () => {
    applySettings({ registries: [] });
    show();
    expect(screen.getByText('No registries yet')).toBeTruthy();
  });

  it('names what is forgotten before it removes a registry', async () => {
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Lab registry/ }));
    await act(() => runCommand('registries.remove'));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('mirror.lab.example.org:5000/cache');
    await user.click(within(dialog).getByRole('button', { name: 'Remove registry' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: /Lab registry/ })).toBeNull());
  });
});

describe('adding a registry', () => {
  it('shows what an address is, with evidence, before it is added', async () => {
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Add registry/ }));
    await user.type(await screen.findByLabelText('Name or address'), 'harbor.example.org{Enter}');
    expect(await screen.findByText('Its API says Harbor 2.11.')).toBeTruthy();
    const label = screen.getByLabelText('Name in the list');
    await user.clear(label);
    await user.type(label, 'Our Harbor');
    await user.type(screen.getByLabelText('Mirror'), 'cache.example.org:5000{Enter}');
    await user.type(screen.getByLabelText('Mirror'), 'https://second.example.org{Enter}');
    await user.click(screen.getByRole('button', { name: 'Move https://second.example.org up' }));
    await user.click(screen.getByRole('button', { name: 'Add registry' }));
    await waitFor(() =>
      expect(settingsStore.getState().settings?.registries.at(-1)).toMatchObject({
        kind: 'harbor',
        address: 'harbor.example.org',
        label: 'Our Harbor',
        mirrors: ['https://second.example.org', 'cache.example.org:5000'],
      }),
    );
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('can be filled in by hand where nothing answers', async () => {
    refusal = sampleReport({ title: 'No machine has this name.' });
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Add registry/ }));
    await user.type(await screen.findByLabelText('Name or address'), 'away.example.org{Enter}');
    expect(await screen.findByText('No machine has this name.')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Enter it by hand' }));
    await user.click(screen.getByRole('button', { name: 'Add registry' }));
    await waitFor(() =>
      expect(settingsStore.getState().settings?.registries.at(-1)?.address).toBe('away.example.org'),
    );
  });

  it('offers well-known ones in one click', async () => {
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Add registry/ }));
    expect(await screen.findByRole('button', { name: 'Add Quay' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Add Docker Hub' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Add Quay' }));
    await waitFor(() => expect(settingsStore.getState().settings?.registries.at(-1)?.kind).toBe('quay'));
  });
});

describe('looking for an image', () => {
  it('asks Docker Hub nothing before there is a term, and then once', async () => {
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Docker Hub/ }));
    expect(screen.getByText('Search to see something')).toBeTruthy();
    expect(screen.getByText(/never run against the live service/)).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Search Docker Hub' }), 'python{Enter}');
    await rowNamed(/demo\/python/);
    expect(asked.mock.calls).toEqual([['repositories', 'python', null]]);
  });

  it('leads from a typed name straight to the tags where a registry neither lists nor searches', async () => {
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /GitHub Packages/ }));
    await user.type(screen.getByRole('textbox', { name: /Type a name/ }), 'lab/tool:1{Enter}');
    await rowNamed(/3\.12/);
    expect(asked).toHaveBeenCalledWith('tags', 'lab/tool');
    expect(asked).toHaveBeenCalledWith('show', 'docker://ghcr.io/lab/tool:1', null);
  });

  it('says when nothing was found, and what a cut list leaves out', async () => {
    repositories = [];
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Lab registry/ }));
    expect(await screen.findByText('Nothing here')).toBeTruthy();
    repositories = [sampleRepository('demo/\u202etxt')];
    endNote = 'Only the first 50000 are listed. Search for more.';
    await act(() => runCommand('registries.refresh'));
    expect(await screen.findByText(endNote)).toBeTruthy();
    expect(screen.getByText('demo/\\u202etxt')).toBeTruthy();
  });

  it('leads from a refusal to signing in, and asks again after it', async () => {
    refusal = sampleReport({
      title: 'The registry wants to know who you are.',
      action: { kind: 'signIn', registry: 'registry.lab.example.org:5000' },
    });
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Lab registry/ }));
    const notice = await screen.findByRole('alert');
    await user.click(within(notice).getByRole('button', { name: 'Sign in…' }));
    const dialog = await screen.findByRole('dialog');
    expect((await within(dialog).findByText(/no secret service answers/)).textContent).toContain('keychain');
    expect(within(dialog).getByRole('radio', { name: 'in the keychain' }).hasAttribute('disabled')).toBe(
      true,
    );
    await user.type(within(dialog).getByLabelText('User name'), 'alice');
    await user.type(within(dialog).getByLabelText('Password or token'), 'wrong{Enter}');
    expect(await within(dialog).findByText('The registry refused these credentials.')).toBeTruthy();
    refusal = null;
    await user.clear(within(dialog).getByLabelText('Password or token'));
    await user.type(within(dialog).getByLabelText('Password or token'), 'right{Enter}');
    await rowNamed(/demo\/python/);
    expect(signedIn).toHaveBeenCalledWith({
      registry: 'registry.lab.example.org:5000',
      credentials: { userName: 'alice', password: 'right' },
      allowHttp: false,
      keep: 'session',
    });
  });

  it('walks a tree by its folders and back', async () => {
    repositories = [
      sampleRepository('bio/', { kind: 'folder' }),
      sampleRepository('tool.sif', { kind: 'image', reference: '/cvmfs/images.example.org/tool.sif' }),
    ];
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Unpacked images/ }));
    await user.click(await rowNamed(/bio/));
    await waitFor(() => expect(asked).toHaveBeenCalledWith('repositories', '', 'bio/'));
    expect(document.activeElement?.getAttribute('role')).toBe('grid');
    await rowNamed(/tool\.sif/);
    await user.keyboard('{Backspace}');
    await rowNamed(/tool\.sif/);
    await user.keyboard('{End}{Enter}');
    await waitFor(() =>
      expect(asked).toHaveBeenCalledWith('show', '/cvmfs/images.example.org/tool.sif', null),
    );
  });

  it('tells who one is there, how much is left, and what is wrong', async () => {
    const { user } = show();
    await user.click(screen.getByRole('button', { name: /Docker Hub/ }));
    expect(await screen.findByText('Not signed in')).toBeTruthy();
    expect(screen.getAllByText(/87 of 100 requests left in 6 h/)).toHaveLength(2);
    expect(screen.getAllByText('The helper pass does not answer.')[0]).toBeTruthy();
    expect(screen.getByText('Apptainer would ask without credentials.')).toBeTruthy();
  });
});

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
    const gate = Promise.withResolvers<void>();
    hold = gate.promise;
    tagBatches = [[sampleTag('3.12')], [sampleTag('3.13')], [sampleTag('3.14')]];
    await openTags();
    expect(screen.getByText('1 tags so far…')).toBeTruthy();
    gate.resolve();
    expect(await screen.findByText('3 tags')).toBeTruthy();
    expect(await rowNamed(/3\.14/)).toBeTruthy();
  });

  it('of rows in view are asked for their sizes, at most 50 at a time', async () => {
    tagBatches = [Array.from({ length: 5000 }, (_, index) => sampleTag(`1.${index}`)), [sampleTag('3.12')]];
    await openTags();
    await waitFor(() => expect(asked.mock.calls.some(([call]) => call === 'tagFacts')).toBe(true));
    await screen.findAllByText('7.0 MB');
    const counts = asked.mock.calls.flatMap(([call, names]) => (call === 'tagFacts' ? [names.length] : []));
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
    await user.click(screen.getByRole('tab', { name: 'Labels' }));
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
    refusal = sampleReport();
    await user.click(await rowNamed(/3\.9/));
    expect(await screen.findByText('The registry has no such image.')).toBeTruthy();
    refusal = null;
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
      expect(deleted).toHaveBeenCalledWith({
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
      expect(copied).toHaveBeenCalledWith({
        reference: imageFacts.reference,
        tag: 'stable',
        allowHttp: false,
        overwrite: false,
      }),
    );
  });
});

it('asks for credentials of any registry, wherever an error says so', async () => {
  show();
  act(() => askSignIn('elsewhere.example.org'));
  expect(await screen.findByRole('dialog', { name: 'Sign in to elsewhere.example.org' })).toBeTruthy();
});
