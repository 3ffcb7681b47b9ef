import { QueryClientProvider } from '@tanstack/react-query';
import { configure } from '@testing-library/react';
import { beforeAll, beforeEach, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { AdoptPlan, PackPlan, SyncPlan } from '#core/contract/handover.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { takeAction } from '#renderer/state/actionRequest.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { terminalsStore } from '#renderer/state/terminals.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSettings, sampleSshHost } from '#renderer/testing/samples.ts';
import {
  sampleAdoptPlan,
  samplePackPlan,
  sampleRecipes,
  sampleSyncPlan,
  sampleTerminal,
  sampleWorkspace,
} from './sampleWorkspaces.ts';
import { resetSetUps } from './setUps.ts';
import { WorkspacesPage } from './WorkspacesPage.tsx';
import { workspaceCommands } from './workspaceCommands.ts';
import { resetWorkspacesState } from './workspacesState.ts';

const answers = {
  workspaces: [] as readonly Workspace[],
  there: [] as readonly Workspace[],
  broken: [] as readonly { readonly folder: Workspace['folder']; readonly reason: string }[],
  packPlan: samplePackPlan() as PackPlan,
  adoptPlan: sampleAdoptPlan() as AdoptPlan,
  syncPlan: sampleSyncPlan() as SyncPlan,
  recipeWarnings: [] as readonly string[],
  /** Where the image of any workspace lies now. */
  imageNow: null as Workspace['folder'] | null,
  /** What preparing a recipe fails with. */
  prepareRefusal: null as ErrorReport | null,
  /** What reading the list fails with. */
  listRefusal: null as ErrorReport | null,
  /** What all calls that change something fail with. */
  refusal: null as ErrorReport | null,
};

/** What the stand-in for core answers, and what it was asked: the name of the call and its input. */
export const fake = { ...answers, asked: vi.fn() };

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

const taskId = taskIdSchema.parse('88888888-eeee');

beforeAll(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  HTMLElement.prototype.hasPointerCapture = () => false;
  // The grid draws only the rows that are in view; nothing is laid out here.
  for (const [side, pixels] of [
    ['offsetWidth', 1600],
    ['offsetHeight', 600],
    ['clientWidth', 1600],
    ['clientHeight', 600],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => pixels });
  }
  HTMLElement.prototype.getBoundingClientRect = function (this: HTMLElement) {
    // The line between list and detail takes every press that is upon it.
    return this.getAttribute('role') === 'separator'
      ? new DOMRect(-9, -9, 1, 1)
      : new DOMRect(0, 0, 1600, 600);
  };
  serveFakeCore((os) => {
    type Errors = { WORKBENCH: (of: { data: ErrorReport }) => Error };
    const begun = (call: string) => {
      return ({ input, errors }: { readonly input: unknown; readonly errors: Errors }) => {
        fake.asked(call, input);
        if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
        return { taskId };
      };
    };
    return {
      workspaces: {
        list: os.workspaces.list.handler(({ input, errors }) => {
          if (fake.listRefusal !== null) throw errors.WORKBENCH({ data: fake.listRefusal });
          return {
            parent: hostPathFromText('/home/alice/workspaces'),
            workspaces: [...(input.hostId === localHostId ? fake.workspaces : fake.there)],
            broken: [...fake.broken],
          };
        }),
        findImage: os.workspaces.findImage.handler(() => ({ path: fake.imageNow })),
        create: os.workspaces.create.handler(begun('create')),
        measure: os.workspaces.measure.handler(begun('measure')),
        remove: os.workspaces.remove.handler(begun('remove')),
        snapshot: os.workspaces.snapshot.handler(begun('snapshot')),
        restore: os.workspaces.restore.handler(begun('restore')),
        removeSnapshot: os.workspaces.removeSnapshot.handler(begun('removeSnapshot')),
        describe: os.workspaces.describe.handler(({ input }) => {
          fake.asked('describe', input);
          fake.workspaces = fake.workspaces.map((workspace) =>
            workspace.id === input.id
              ? { ...workspace, name: input.name, description: input.description }
              : workspace,
          );
          return sampleWorkspace(input.name);
        }),
      },
      handover: {
        planPack: os.handover.planPack.handler(() => fake.packPlan),
        pack: os.handover.pack.handler(begun('pack')),
        planAdopt: os.handover.planAdopt.handler(() => fake.adoptPlan),
        adopt: os.handover.adopt.handler(begun('adopt')),
        unpack: os.handover.unpack.handler(begun('unpack')),
        planEmbed: os.handover.planEmbed.handler(() => fake.packPlan),
        embed: os.handover.embed.handler(begun('embed')),
        planSync: os.handover.planSync.handler(({ input }) => {
          fake.asked('planSync', input);
          return fake.syncPlan;
        }),
        sync: os.handover.sync.handler(begun('sync')),
      },
      recipes: {
        list: os.recipes.list.handler(() => ({ recipes: [...sampleRecipes] })),
        prepare: os.recipes.prepare.handler(({ input, errors }) => {
          fake.asked('prepare', input);
          if (fake.prepareRefusal !== null) throw errors.WORKBENCH({ data: fake.prepareRefusal });
          const { hostId, id: workspace, imagePath: path, options, choice } = input;
          const args = ['/bin/sh', '-c', 'set -eu', choice.kind];
          return {
            action: { hostId, path, verb: 'exec' as const, options, args, workspace },
            script: 'set -eu',
            warnings: [...fake.recipeWarnings],
          };
        }),
      },
      terminals: {
        open: os.terminals.open.handler(({ input }) => {
          fake.asked('open', input.subject);
          return sampleTerminal(input.subject);
        }),
      },
      hosts: {
        browse: os.hosts.browse.handler(({ input }) => ({
          folder: input.folder,
          parent: null,
          entries: [],
          isCut: false,
        })),
      },
    };
  });
});

beforeEach(() => {
  vi.clearAllMocks();
  Object.assign(fake, answers, {
    workspaces: [sampleWorkspace('md', { modifiedAt: 2 }), sampleWorkspace('env', { modifiedAt: 1 })],
  });
  localStorage.clear();
  resetWorkspacesState();
  resetSetUps();
  terminalsStore.setState({ isLoaded: true, terminals: [], activeId: null });
  takeAction();
  queryClient.clear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost, sampleSshHost()], currentId: sampleHost.id });
  settingsStore.setState({ settings: sampleSettings, path: null, problem: null });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
  layoutStore.setState({ page: 'workspaces' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(workspaceCommands, () => ({ page: layoutStore.getState().page }));
});

/** The page with the hands of a user. */
export function showWorkspaces(): ReturnType<typeof renderPage> {
  return renderPage(
    // What a dialog changed is read again through the page's own client.
    <QueryClientProvider client={queryClient}>
      <WorkspacesPage />
    </QueryClientProvider>,
  );
}
