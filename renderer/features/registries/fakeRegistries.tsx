import { configure, screen } from '@testing-library/react';
import { beforeAll, beforeEach, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Repository, Tag } from '#core/contract/registries.ts';
import type { SettingsChange } from '#core/contract/settings.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { taken } from '#renderer/state/pullRequest.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSettings } from '#renderer/testing/samples.ts';
import { forgetRegistry } from './lists.ts';
import { RegistriesPage } from './RegistriesPage.tsx';
import { RegistryDialogs } from './RegistryDialogs.tsx';
import { resetRegistriesState } from './registriesState.ts';
import { registryCommands } from './registryCommands.ts';
import {
  imageFacts,
  sampleAccess,
  sampleRegistries,
  sampleRepository,
  sampleTag,
} from './sampleRegistries.ts';

/** What the fake registry answers, and what it was asked. */
export const fake = {
  asked: vi.fn(),
  signedIn: vi.fn(),
  deleted: vi.fn(),
  copied: vi.fn(),
  repositories: [] as readonly Repository[],
  tagBatches: [] as readonly (readonly Tag[])[],
  endNote: null as string | null,
  refusal: null as ErrorReport | null,
  /** Held, the list of tags gives its first batch and waits. */
  hold: null as Promise<void> | null,
};

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
        return {};
      }),
    },
    registries: {
      recognise: os.registries.recognise.handler(({ input, errors }) => {
        fake.asked('recognise', input.text);
        if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
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
        fake.asked('repositories', input.term, input.path);
        if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
        yield { type: 'repositories' as const, repositories: [...fake.repositories] };
        yield { type: 'end' as const, note: fake.endNote };
      }),
      tags: os.registries.tags.handler(async function* ({ input }) {
        fake.asked('tags', input.repository);
        for (const [index, tags] of fake.tagBatches.entries()) {
          if (index > 0) await fake.hold;
          yield { type: 'tags' as const, tags: [...tags] };
        }
        yield { type: 'end' as const, note: fake.endNote };
      }),
      tagFacts: os.registries.tagFacts.handler(({ input }) => {
        fake.asked('tagFacts', input.tags);
        return {
          tags: input.tags.map((name) =>
            sampleTag(name, { sizeBytes: 7_000_000, digest: `sha256:${'f'.repeat(64)}` }),
          ),
        };
      }),
      show: os.registries.show.handler(({ input, errors }) => {
        fake.asked('show', input.reference, input.architecture);
        if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
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
        fake.signedIn(input);
        return {};
      }),
      planDelete: os.registries.planDelete.handler(() => ({
        digest: imageFacts.digest ?? '',
        tags: ['3.12', 'latest'],
        areAllTagsKnown: false,
        sizeBytes: 48_000_000,
      })),
      delete: os.registries.delete.handler(({ input }) => {
        fake.deleted(input);
        return {};
      }),
      copyTag: os.registries.copyTag.handler(({ input }) => {
        fake.copied(input);
        return { digest: imageFacts.digest ?? '' };
      }),
    },
  }));
});

/** Settings as core would tell them after a change. */
export function applySettings(change: SettingsChange): void {
  const settings = settingsStore.getState().settings ?? sampleSettings;
  settingsStore.setState({ settings: { ...settings, registries: change.registries ?? settings.registries } });
}

beforeEach(() => {
  vi.clearAllMocks();
  fake.repositories = [sampleRepository('demo/python'), sampleRepository('demo/tiny')];
  fake.tagBatches = [[sampleTag('3.9'), sampleTag('3.12'), sampleTag('latest')]];
  fake.endNote = null;
  fake.refusal = null;
  fake.hold = null;
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

/** The page with its dialogs. */
export function showRegistries() {
  return renderPage(
    <>
      <RegistriesPage />
      <RegistryDialogs />
    </>,
  );
}
/** A row of a list, when it is there. */
export const rowNamed = (name: string | RegExp) => screen.findByRole('row', { name });
/** The texts of all rows that are there. */
export const rowNames = () =>
  screen.getAllByRole('row').flatMap((row) => (row.hasAttribute('data-index') ? [row.textContent] : []));

/** The tags of `demo/python` in the lab's registry. */
export async function openTags() {
  const shown = showRegistries();
  await shown.user.click(screen.getByRole('button', { name: /Lab registry/ }));
  await shown.user.click(await rowNamed(/demo\/python/));
  await rowNamed(/3\.12/);
  return shown;
}

/** The image `demo/python:3.12`. */
export async function openImage() {
  const shown = await openTags();
  await shown.user.click(await rowNamed(/3\.12/));
  await screen.findByRole('tab', { name: 'Summary' });
  return shown;
}
