import { act, configure } from '@testing-library/react';
import { beforeAll, beforeEach, vi } from 'vitest';
import type { BuildPlan, BuildRecord } from '#core/contract/builds.ts';
import type { Finding } from '#core/contract/definitions.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { taskIdSchema } from '#core/contract/ids.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSettings, sampleSshHost } from '#renderer/testing/samples.ts';
import { BuildsPage } from './BuildsPage.tsx';
import { buildCommands } from './buildCommands.ts';
import {
  buildsStore,
  currentDocument,
  type OpenDocument,
  resetBuildsState,
  takeTyped,
} from './buildsState.ts';
import { openDefinition, resetDocuments } from './documents.ts';
import { sampleDefinition, samplePlan, sampleTemplate, sampleWords } from './sampleBuilds.ts';

/** What the fake core has on its disk and in its history, and what it was asked. */
export const fake = {
  files: new Map<string, { text: string; modifiedAt: number }>(),
  builds: [] as readonly BuildRecord[],
  findings: [] as readonly Finding[],
  plan: {} as Partial<BuildPlan>,
  /** Plans are answered when it has come. */
  whenPlanned: Promise.resolve(),
  rerunRefusal: null as ErrorReport | null,
  planned: vi.fn(),
  built: vi.fn(),
  reran: vi.fn(),
  forgot: vi.fn(),
  linted: vi.fn(),
  wrote: vi.fn(),
};

/** The id that the fake core gives to a build that it begins. */
export const startedId = taskIdSchema.parse('99999999-cccc');

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between two panes takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  serveFakeCore((os) => ({
    hosts: {
      browse: os.hosts.browse.handler(({ input }) => ({
        folder: input.folder,
        parent: null,
        entries: [],
        isCut: false,
      })),
    },
    definitions: {
      words: os.definitions.words.handler(() => sampleWords),
      templates: os.definitions.templates.handler(() => ({ templates: [sampleTemplate] })),
      lint: os.definitions.lint.handler(({ input }) => {
        fake.linted(input.text, input.buildArguments);
        return { findings: [...fake.findings], outline: { stages: [], buildArguments: [] } };
      }),
      read: os.definitions.read.handler(({ input, errors }) => {
        const file = fake.files.get(input.path);
        if (file === undefined)
          throw errors.WORKBENCH({
            data: sampleReport({ code: 'host.pathMissing', title: 'There is no such file.' }),
          });
        return { path: input.path, ...file, isDockerfile: file.text.startsWith('FROM ') };
      }),
      write: os.definitions.write.handler(({ input, errors }) => {
        const there = fake.files.get(input.path)?.modifiedAt ?? null;
        if (there !== input.expectedModifiedAt)
          throw errors.WORKBENCH({
            data: sampleReport({ code: 'input.changedOnDisk', title: 'The file has changed.' }),
          });
        fake.wrote(input.hostId, input.path);
        const modifiedAt = (there ?? 0) + 1;
        fake.files.set(input.path, { text: input.text, modifiedAt });
        return { path: input.path, modifiedAt };
      }),
      convertDockerfile: os.definitions.convertDockerfile.handler(() => ({
        definition: 'Bootstrap: docker\nFrom: debian:12\n',
        unsupported: [{ line: 2, text: 'HEALTHCHECK CMD true', reason: 'Images have no such check.' }],
      })),
    },
    builds: {
      plan: os.builds.plan.handler(async ({ input }) => {
        fake.planned(input);
        await fake.whenPlanned;
        return samplePlan(fake.plan);
      }),
      build: os.builds.build.handler(({ input }) => {
        fake.built(input);
        return { taskId: startedId };
      }),
      history: os.builds.history.handler(() => ({ builds: [...fake.builds] })),
      detail: os.builds.detail.handler(({ input, errors }) => {
        const build = fake.builds.find(({ id }) => id === input.id);
        if (build === undefined)
          throw errors.WORKBENCH({ data: sampleReport({ code: 'build.unknown', title: 'Not known.' }) });
        return build;
      }),
      rerun: os.builds.rerun.handler(({ input, errors }) => {
        fake.reran(input);
        if (fake.rerunRefusal !== null && !input.overwrite)
          throw errors.WORKBENCH({ data: fake.rerunRefusal });
        return { taskId: startedId };
      }),
      forget: os.builds.forget.handler(({ input }) => {
        fake.forgot(input.ids);
        return {};
      }),
      methods: os.builds.methods.handler(() => ({ text: 'The image was built with Apptainer 1.4.5.' })),
    },
  }));
});

beforeEach(() => {
  Object.assign(fake, {
    files: new Map(),
    builds: [],
    findings: [],
    plan: {},
    rerunRefusal: null,
    whenPlanned: Promise.resolve(),
  });
  for (const spy of [fake.planned, fake.built, fake.reran, fake.linted, fake.wrote]) spy.mockClear();
  localStorage.clear();
  queryClient.clear();
  resetBuildsState();
  resetDocuments();
  layoutStore.setState({ page: 'builds' });
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost, sampleSshHost()], currentId: sampleHost.id });
  settingsStore.setState({
    settings: {
      ...sampleSettings,
      images: { ...sampleSettings.images, folders: [hostPathFromText('/images')] },
    },
    path: null,
    problem: null,
  });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(buildCommands, () => ({ page: layoutStore.getState().page }));
});

/** The builds page with the hands of a user. */
export function showBuilds(): ReturnType<typeof renderPage> {
  return renderPage(<BuildsPage />);
}

/** A definition file of this machine, and its path. */
export const definitionPath = hostPathFromText('/home/alice/gromacs.def');

/** Opens it; the page shows it then. */
export async function openFile(text = sampleDefinition): Promise<void> {
  fake.files.set(definitionPath, { text, modifiedAt: 1 });
  await act(() => openDefinition(definitionPath));
}

/** The document that is shown. */
export function shownDocument(): OpenDocument {
  const document = currentDocument(buildsStore.getState());
  if (document === null) throw new Error('no document is open');
  return document;
}

/** Puts another text into it, as by typing. */
export function type(text: string): void {
  act(() => takeTyped(shownDocument().id, text));
}
