import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import type { Sandbox, SandboxDifference, SandboxWay } from '#core/contract/sandboxes.ts';

export const sampleDigest = `sha256:${'4f'.repeat(32)}`;

/** A sandbox for tests: of a registry, measured, with a snapshot. */
export function sampleSandbox(change: Partial<Sandbox> = {}): Sandbox {
  return {
    hostId: localHostId,
    path: hostPathFromText('/images/tool'),
    name: hostPathFromText('tool'),
    base: { kind: 'registry', from: 'docker://registry.example.org/lab/tool:1', digest: sampleDigest },
    createdAt: Date.UTC(2026, 10, 18, 9),
    lastUsedAt: Date.UTC(2026, 10, 20, 12),
    size: { bytes: 412e6, files: 12_345, measuredAt: Date.UTC(2026, 10, 20, 12) },
    hasForeignOwners: true,
    snapshots: [
      { id: 'aaaaaaaa-1', note: '', createdAt: Date.UTC(2026, 10, 18, 10), bytes: null },
      { id: 'aaaaaaaa-2', note: 'before the upgrade', createdAt: Date.UTC(2026, 10, 19, 10), bytes: 4e8 },
    ],
    ...change,
  };
}

/** One that the workbench did not make, and knows nothing of. */
export const strangeSandbox = sampleSandbox({
  path: hostPathFromText('/data/old\u202eone'),
  name: hostPathFromText('old\u202eone'),
  base: null,
  createdAt: null,
  lastUsedAt: null,
  size: null,
  hasForeignOwners: null,
  snapshots: [],
});

/** The ways of a host with a runtime. */
export const runtimeWays: readonly SandboxWay[] = [
  { id: 'readOnly', sentence: 'Read-only, as yourself.', limits: [], isPossible: true },
  {
    id: 'writable',
    sentence: 'Writable, as yourself.',
    limits: ['Package managers want root, and refuse.'],
    isPossible: true,
  },
  {
    id: 'writableRoot',
    sentence: 'Writable, as root inside.',
    limits: ['This host has no fakeroot for you.'],
    isPossible: false,
  },
];

/** The ways of a host without one, which has bubblewrap. */
export const otherWays: readonly SandboxWay[] = [
  ...runtimeWays.map((way) => ({ ...way, limits: ['There is no container runtime.'], isPossible: false })),
  { id: 'charliecloud', sentence: 'By Charliecloud.', limits: ['It is not installed.'], isPossible: false },
  { id: 'bubblewrap', sentence: 'By bubblewrap.', limits: ['There is no --nv.'], isPossible: true },
  { id: 'unshare', sentence: 'By namespaces.', limits: ['As root inside.'], isPossible: true },
];

/** What changed, for tests. */
export function sampleDifference(change: Partial<SandboxDifference> = {}): SandboxDifference {
  return {
    files: [
      { path: hostPathFromText('/etc/tool.conf'), what: 'changed', sizeBytes: 300 },
      { path: hostPathFromText('/opt/large.bin'), what: 'added', sizeBytes: 5e6 },
      { path: hostPathFromText('/usr/bin/old'), what: 'removed', sizeBytes: 70_000 },
    ],
    moreFiles: 2,
    totals: { added: 3, changed: 1, removed: 1 },
    packages: [
      { name: 'zlib1g', before: '1.2', after: '1.3', kind: 'dpkg' },
      { name: 'hello', before: null, after: '2.10-3', kind: 'dpkg' },
      { name: 'nano', before: '7.2', after: null, kind: 'dpkg' },
    ],
    addedBytes: 4.9e6,
    notes: ['2 folders could not be read.'],
    ...change,
  };
}
