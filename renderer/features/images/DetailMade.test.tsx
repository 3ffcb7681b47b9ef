// @vitest-environment happy-dom
import { configure, screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type BuildRecord, buildRecordSchema, type ImageTest } from '#core/contract/builds.ts';
import type { ImageDetail } from '#core/contract/images.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore } from '#renderer/state/layout.ts';
import { tasksStore } from '#renderer/state/tasks.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleTask } from '#renderer/testing/samples.ts';
import { DetailMade } from './DetailMade.tsx';
import { sampleImage } from './sampleImages.ts';

const image = sampleImage('tool.sif');
const fake = { build: null as BuildRecord | null, test: null as ImageTest | null, tested: vi.fn() };

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

const build = buildRecordSchema.parse({
  version: 1,
  id: 'aaaaaaaa-0001',
  name: 'tool.def',
  hostId: 'local',
  hostLabel: 'hydra\u202e',
  target: '/images/tool.sif',
  targetHostId: 'local',
  startedAt: Date.UTC(2026, 10, 20, 12),
  endedAt: Date.UTC(2026, 10, 20, 12, 1),
  outcome: 'succeeded',
  digest: `sha256:${'9'.repeat(64)}`,
  sizeBytes: 1,
  test: 'none',
  definition: { path: '/home/alice/tool.def', folder: '/home/alice', text: 'Bootstrap: scratch\n' },
  runtime: { product: 'Apptainer', version: '1.4.5' },
  architecture: 'amd64',
  options: {
    form: 'sif',
    binds: [],
    nv: true,
    architecture: null,
    noTest: false,
    compression: 'zstd-3',
    sourceDateEpoch: null,
  },
  buildArguments: [
    { name: 'VERSION', value: '2', isSecret: false },
    { name: 'TOKEN', value: null, isSecret: true },
  ],
  phases: [],
  error: null,
});

function detail(change: Partial<ImageDetail> = {}): ImageDetail {
  return {
    image,
    definition: null,
    labels: [],
    environment: [],
    runscript: null,
    startscript: null,
    test: null,
    help: null,
    apps: [],
    objects: [],
    squashfs: null,
    uuid: null,
    madeBy: null,
    note: null,
    taskId: null,
    digest: null,
    fitsHost: { fits: true, reason: '' },
    ...change,
  };
}

beforeAll(() => {
  serveFakeCore((os) => ({
    builds: {
      howMade: os.builds.howMade.handler(() => ({ build: fake.build, test: fake.test })),
      detail: os.builds.detail.handler(() => build),
      test: os.builds.test.handler(({ input }) => {
        fake.tested(input.path);
        return { taskId: build.id };
      }),
    },
  }));
});

beforeEach(() => {
  fake.tested.mockClear();
  Object.assign(fake, { build: null, test: null });
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost], currentId: sampleHost.id });
  tasksStore.setState({ isLoaded: true, sequence: 0, tasks: [] });
  layoutStore.setState({ page: 'images' });
});

it('tells the build that made the image, and leads to it', async () => {
  fake.build = build;
  const { user } = renderPage(<DetailMade image={image} detail={detail()} />);
  for (const words of ['/home/alice/tool.def', 'Apptainer 1.4.5, amd64', 'VERSION=2', '--nv, zstd-3'])
    expect(await screen.findByText(words)).toBeTruthy();
  expect(screen.getByText('TOKEN=secret, not kept')).toBeTruthy();
  expect(screen.getByText('hydra\\u202e')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Show the build' }));
  expect(layoutStore.getState().page).toBe('builds');
});

it('tells what the image itself says where no build of ours made it, whatever that is', async () => {
  const labels = [
    { name: 'org.label-schema.build-date', value: 'Friday\u001b[31m\u202e' },
    { name: 'org.opencontainers.image.version', value: '1.2' },
    { name: 'colour', value: 'green' },
  ];
  const definition = 'Bootstrap: docker\nFrom: debian\n';
  renderPage(<DetailMade image={image} detail={detail({ labels, definition, madeBy: 'apptainer 1.2' })} />);
  expect(await screen.findByText(/^No build of this workbench/)).toBeTruthy();
  expect(screen.getByText('apptainer 1.2')).toBeTruthy();
  expect(screen.getByText('Friday\\x1b[31m\\u202e')).toBeTruthy();
  expect(screen.getByText('version')).toBeTruthy();
  expect(screen.queryByText('green')).toBeNull();
  expect(screen.getByText('in the image, 2 lines')).toBeTruthy();
});

it('says that an image has no test', async () => {
  renderPage(<DetailMade image={image} detail={detail()} />);
  expect(await screen.findByText('This image has no %test.')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Run its test' })).toBeNull();
});

it('runs the test, and shows what it last said', async () => {
  const { user } = renderPage(<DetailMade image={image} detail={detail({ test: 'true\n' })} />);
  expect(await screen.findByText(/^Not run by this workbench/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Run its test' }));
  await waitFor(() => expect(fake.tested).toHaveBeenCalledWith(image.path));
  fake.test = {
    outcome: 'failed',
    exitStatus: 3,
    testedAt: Date.UTC(2026, 10, 20),
    durationMs: 2000,
    output: '\u001b[31mno such\u001b[0m file\u202e\n',
  };
  const status = { state: 'cancelled' as const };
  tasksStore.setState({ tasks: [sampleTask(status, { kind: 'image.test', title: image.path })] });
  expect(await screen.findByText('failed')).toBeTruthy();
  expect(screen.getByText(/took 2 s, ended with 3$/)).toBeTruthy();
  expect(screen.getByText('no such file\\u202e')).toBeTruthy();
});
