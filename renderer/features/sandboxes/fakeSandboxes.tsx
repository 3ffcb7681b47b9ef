import { QueryClientProvider } from '@tanstack/react-query';
import { configure } from '@testing-library/react';
import { beforeAll, beforeEach, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { taskIdSchema, terminalIdSchema } from '#core/contract/ids.ts';
import type { Sandbox, SandboxDifference, SandboxWay } from '#core/contract/sandboxes.ts';
import type { TaskState } from '#core/contract/tasks.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { definitionDraftStore } from '#renderer/state/definitionDraft.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleReport, sampleSettings, sampleTask } from '#renderer/testing/samples.ts';
import { SandboxesPage } from './SandboxesPage.tsx';
import { runtimeWays, sampleDifference, sampleSandbox, strangeSandbox } from './sampleSandboxes.ts';
import { sandboxCommands } from './sandboxCommands.ts';
import { resetSandboxesState } from './sandboxesState.ts';

const answers = {
  sandboxes: [] as readonly Sandbox[],
  ways: runtimeWays as readonly SandboxWay[],
  difference: sampleDifference() as SandboxDifference,
  commands: 2,
  /** Something has the target's name. */
  exists: false,
  /** What all calls that change or compare something fail with. */
  refusal: null as ErrorReport | null,
};

/** What the stand-in for core answers, and what it was asked: the name of the call and its input. */
export const fake = { ...answers, asked: vi.fn() };

const plainRefusal = sampleReport({
  code: 'registry.plainHttp',
  title: 'The registry speaks without encryption.',
  action: { kind: 'allowHttp' },
});

export const workId = taskIdSchema.parse('66666666-ffff');

// A busy machine is slow, not wrong.
vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.hasPointerCapture = () => false;
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between list and detail takes every press that is upon it; nothing is laid out here.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 900, 600);
  };
  // happy-dom lays nothing out; a table shows what its height has room for.
  for (const [side, pixels] of [
    ['offsetWidth', 900],
    ['offsetHeight', 600],
    ['clientWidth', 900],
    ['clientHeight', 600],
  ] as const)
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels });
  serveFakeCore((os) => {
    type Errors = { WORKBENCH: (of: { data: ErrorReport }) => Error };
    const told = (call: string, input: unknown, errors: Errors) => {
      if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
      fake.asked(call, input);
      return { taskId: workId };
    };
    const { sandboxes, images, hosts, terminals, tasks } = os;
    const target = hostPathFromText('/images/made');
    const exists = () => (fake.exists ? { sizeBytes: 1 } : null);
    return {
      sandboxes: {
        list: sandboxes.list.handler(() => ({ sandboxes: [...fake.sandboxes] })),
        detail: sandboxes.detail.handler(({ input }) => ({
          ...(fake.sandboxes.find(({ path }) => path === input.path) ?? sampleSandbox()),
          ways: [...fake.ways],
        })),
        difference: sandboxes.difference.handler(({ input, errors }) => {
          told('difference', input, errors);
          return fake.difference;
        }),
        draft: sandboxes.draft.handler(() => ({
          definition: 'Bootstrap: docker\n',
          commands: fake.commands,
        })),
        measure: sandboxes.measure.handler(({ input, errors }) => told('measure', input, errors)),
        clone: sandboxes.clone.handler(({ input, errors }) => told('clone', input, errors)),
        snapshot: sandboxes.snapshot.handler(({ input, errors }) => told('snapshot', input, errors)),
        restore: sandboxes.restore.handler(({ input, errors }) => told('restore', input, errors)),
        removeSnapshot: sandboxes.removeSnapshot.handler(({ input, errors }) =>
          told('removeSnapshot', input, errors),
        ),
        freeze: sandboxes.freeze.handler(({ input, errors }) => told('freeze', input, errors)),
        remove: sandboxes.remove.handler(({ input, errors }) => told('remove', input, errors)),
      },
      images: {
        planPull: images.planPull.handler(({ input, errors }) => {
          if (!input.allowHttp && input.reference.includes('plain'))
            throw errors.WORKBENCH({ data: plainRefusal });
          return {
            target,
            exists: exists(),
            byHand: `apptainer build --sandbox /images/made ${input.reference}`,
            means: 'Layers are unpacked straight.',
            compressions: [],
            routes: [],
          };
        }),
        planImport: images.planImport.handler(({ input }) => ({
          kind: 'sif',
          members: [],
          member: null,
          sizeBytes: 1,
          target,
          exists: exists(),
          byHand: `apptainer build --sandbox /images/made ${input.path}`,
          means: 'It is unpacked.',
          warnings: ['Two device nodes are left out.'],
        })),
        pull: images.pull.handler(({ input, errors }) => told('pull', input, errors)),
        import: images.import.handler(({ input, errors }) => told('import', input, errors)),
      },
      hosts: {
        browse: hosts.browse.handler(({ input }) => ({
          folder: input.folder,
          parent: null,
          entries: fake.exists ? [{ name: hostPathFromText('tool.sif'), isFolder: false }] : [],
          isCut: false,
        })),
      },
      terminals: {
        open: terminals.open.handler(({ input }) => {
          fake.asked('open', input.subject);
          return {
            id: terminalIdSchema.parse('77777777-aaaa'),
            hostId: sampleHost.id,
            title: 'tool @ local',
            subject: input.subject,
            command: 'apptainer shell',
            startedAt: 0,
            ended: null,
          };
        }),
      },
      tasks: {
        cancel: tasks.cancel.handler(({ input }) => {
          fake.asked('cancel', input.id);
          return {};
        }),
      },
    };
  });
});

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(fake, answers, { sandboxes: [sampleSandbox(), strangeSandbox] });
  resetSandboxesState();
  queryClient.clear();
  definitionDraftStore.setState({ draft: null });
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
  settingsStore.setState({ settings: sampleSettings });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
  layoutStore.setState({ page: 'sandboxes' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(sandboxCommands, () => ({ page: layoutStore.getState().page }));
});

/** The page on the given host, or on this machine. */
export function showSandboxes(host: Host = sampleHost) {
  hostsStore.setState({ isLoaded: true, hosts: [host], currentId: host.id });
  return renderPage(
    // What work changed is read again through the page's own client.
    <QueryClientProvider client={queryClient}>
      <SandboxesPage />
    </QueryClientProvider>,
  );
}

/** Tells the page how the work stands that the last call began. */
export function tellWork(status: TaskState, kind: 'sandbox.freeze' | 'sandbox.remove' | 'image.pull'): void {
  tasksStore.setState({ tasks: [sampleTask(status, { id: workId, kind, title: 'tool', target: null })] });
}
