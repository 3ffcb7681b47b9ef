import type { ErrorReport } from '#core/contract/errors.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import type { Host } from '#core/contract/hosts.ts';
import { hostIdSchema, localHostId, taskIdSchema } from '#core/contract/ids.ts';
import type { Settings } from '#core/contract/settings.ts';
import type { Task, TaskState } from '#core/contract/tasks.ts';

/** A task for tests: a pull of alpine in the given state. */
export function sampleTask(status: TaskState, change: Partial<Task> = {}): Task {
  return {
    id: taskIdSchema.parse('11111111-aaaa'),
    kind: 'image.pull',
    hostId: localHostId,
    title: 'docker://alpine:3.20',
    target: hostPathFromText('/images/alpine_3.20.sif'),
    createdAt: 1_000,
    startedAt: 1_000,
    endedAt: status.state === 'running' || status.state === 'queued' ? null : 13_000,
    status,
    byHand: 'apptainer pull docker://alpine:3.20',
    isForeign: false,
    canRetry: status.state === 'failed' || status.state === 'cancelled',
    ...change,
  };
}

/** A failure for tests. */
export function sampleReport(change: Partial<ErrorReport> = {}): ErrorReport {
  return {
    code: 'registry.notFound',
    title: 'The registry has no such image.',
    cause: 'registry.example.org answered 404 for lab/tool:9.',
    nextStep: 'Check the name and the tag.',
    action: null,
    data: { registry: 'registry.example.org', status: 404 },
    hostId: localHostId,
    command: 'apptainer pull docker://registry.example.org/lab/tool:9',
    evidence: 'manifest unknown',
    exitStatus: 255,
    ...change,
  };
}

/** Settings as they are at the first start, for tests. */
export const sampleSettings: Settings = {
  appearance: { theme: 'system', zoom: 1, language: 'en' },
  terminal: { fontSize: 12, scrollbackLines: 5000 },
  images: { folders: [hostPathFromText('/images'), hostPathFromText('/data/sif')], compression: 'gzip-6' },
  layers: { capBytes: 20e9 },
  runtime: { path: null },
  trust: { keyserver: null },
  notifications: { afterSeconds: 30, enabled: true },
  hosts: [],
  registries: [],
  shortcuts: {},
  welcomed: true,
};

/** The local host, ready, for tests. */
export const sampleHost: Host = {
  id: localHostId,
  label: 'local',
  kind: 'local',
  colour: 0,
  state: 'ready',
  connection: { state: 'connected', since: 0, reason: null },
  address: null,
  preferences: null,
  imageFolders: [hostPathFromText('/images'), hostPathFromText('/data/sif')],
  proposals: [],
  facts: {
    architecture: 'amd64',
    operatingSystem: 'Debian 12',
    kernel: '6.1',
    userName: 'alice',
    uid: 1101,
    homeFolder: hostPathFromText('/home/alice'),
    runtimes: [],
    privilege: 'user namespaces, subuid fakeroot',
    freeBytes: 5e10,
    checkedAt: 0,
    durationMs: 90,
  },
};

/** The cluster `hydra`, connected, for tests. */
export function sampleSshHost(change: Partial<Host> = {}): Host {
  return {
    ...sampleHost,
    id: hostIdSchema.parse('hydra'),
    label: 'hydra',
    kind: 'ssh',
    colour: 1,
    address: 'alice@login.hydra.example.org:22',
    preferences: {
      label: 'hydra',
      colour: 1,
      destination: 'hydra',
      port: null,
      initLines: '',
      imageFolders: [],
      workspaceFolder: null,
      cacheFolder: null,
      temporaryFolder: null,
      runtimePath: null,
      sharesConnection: true,
      transferDestination: null,
    },
    imageFolders: [hostPathFromText('/scratch/alice/images')],
    ...change,
  };
}
