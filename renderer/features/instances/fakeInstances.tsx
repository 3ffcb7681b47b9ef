import { QueryClientProvider } from '@tanstack/react-query';
import { configure } from '@testing-library/react';
import { beforeAll, beforeEach, vi } from 'vitest';
import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { localHostId, workspaceIdSchema } from '#core/contract/ids.ts';
import type { Instance, InstanceStats } from '#core/contract/instances.ts';
import type { Workspace } from '#core/contract/workspaces.ts';
import { queryClient } from '#renderer/api/query.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost } from '#renderer/testing/samples.ts';
import { InstancesPage } from './InstancesPage.tsx';
import { instanceCommands } from './instanceCommands.ts';
import { resetInstancesState } from './instancesState.ts';

export const sampleInstance = (change: Partial<Instance> = {}): Instance => ({
  name: 'web1',
  hostId: localHostId,
  node: 'login1',
  processId: 4711,
  imagePath: hostPathFromText('/images/web.sif'),
  startedAt: Date.now() - 60_000,
  isRunning: true,
  outBytes: 12,
  errorBytes: 0,
  workspace: { id: workspaceIdSchema.parse('workspace-1'), name: 'bench' },
  ...change,
});

/** A workspace that a start can have. */
export const sampleWorkspaceForStart = (name: string): Workspace => ({
  version: 1,
  id: workspaceIdSchema.parse('workspace-2'),
  name,
  description: '',
  createdAt: 0,
  image: null,
  size: null,
  software: [],
  lineage: [],
  layered: null,
  below: null,
  hostId: localHostId,
  folder: hostPathFromText(`/w/${name}`),
  modifiedAt: null,
  snapshots: [],
  writers: [],
});

const counted: InstanceStats = {
  cpuSeconds: 3,
  memoryBytes: 21_000_000,
  memoryLimitBytes: null,
  processes: 2,
  source: 'processes',
  reason: 'The host has no control group for it.',
};

const answers = {
  instances: [] as readonly Instance[],
  stats: counted,
  out: 'hello\n',
  workspaces: [] as readonly Workspace[],
  /** What a start and a stop fail with. */
  refusal: null as ErrorReport | null,
};

/** What the stand-in for core answers, and what it was asked: the name of the call and its input. */
export const fake = { ...answers, asked: vi.fn() };

// A busy machine is slow, not wrong.
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
    const { instances, workspaces, overlays, hosts } = os;
    return {
      instances: {
        list: instances.list.handler(() => ({ node: 'login1', instances: [...fake.instances] })),
        stats: instances.stats.handler(() => fake.stats),
        logs: instances.logs.handler(() => ({ out: fake.out, error: '', isCut: false })),
        previewStart: instances.previewStart.handler(({ input }) => ({
          command: `apptainer instance start ${input.imagePath} ${input.name}`,
          warnings: ['Somebody else has this workspace open.'],
        })),
        start: instances.start.handler(({ input, errors }) => {
          if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
          fake.asked('start', input);
          const started = sampleInstance({ name: input.name });
          fake.instances = [...fake.instances, started];
          return started;
        }),
        stop: instances.stop.handler(({ input, errors }) => {
          if (fake.refusal !== null) throw errors.WORKBENCH({ data: fake.refusal });
          fake.asked('stop', input);
          fake.instances = fake.instances.filter(({ name }) => name !== input.name);
          return {};
        }),
      },
      workspaces: {
        list: workspaces.list.handler(() => ({
          parent: hostPathFromText('/w'),
          workspaces: [...fake.workspaces],
          broken: [],
        })),
        findImage: workspaces.findImage.handler(() => ({ path: hostPathFromText('/images/found.sif') })),
      },
      overlays: { list: overlays.list.handler(() => ({ overlays: [] })) },
      hosts: {
        browse: hosts.browse.handler(({ input }) => ({
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
  Object.assign(fake, answers, { instances: [sampleInstance()] });
  fake.asked.mockReset();
  queryClient.clear();
  resetInstancesState();
  layoutStore.setState({ page: 'instances' });
  commandRegistry.setState({ commands: new Map() });
  registerCommands(instanceCommands, () => ({ page: layoutStore.getState().page }));
});

/** The page on the given host, or on this machine. */
export function showInstances(host: Host = sampleHost) {
  hostsStore.setState({ isLoaded: true, hosts: [host], currentId: host.id });
  return renderPage(
    // What a start changed is read again through the page's own client.
    <QueryClientProvider client={queryClient}>
      <InstancesPage />
    </QueryClientProvider>,
  );
}
