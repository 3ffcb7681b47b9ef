import type { AdoptPlan, PackPlan, SyncPlan } from '#core/contract/handover.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, terminalIdSchema, workspaceIdSchema } from '#core/contract/ids.ts';
import type { Recipe } from '#core/contract/recipes.ts';
import type { Terminal, TerminalSubject } from '#core/contract/terminals.ts';
import type { Workspace } from '#core/contract/workspaces.ts';

/** When the sample workspaces were made: 18 November 2026. */
export const sampleMoment = Date.UTC(2026, 10, 18, 9, 12);

/** A workspace for tests: measured, with Spack in it and one snapshot, open by nobody. */
export function sampleWorkspace(name: string, more: Partial<Workspace> = {}): Workspace {
  const folder = hostPathFromText(`/home/alice/.local/share/mysingularity/workspaces/${name}`);
  return {
    version: 1,
    id: workspaceIdSchema.parse(
      `ws-${name
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]/g, '-')
        .slice(0, 40)}-0001`,
    ),
    name: name as Workspace['name'],
    description: '',
    createdAt: sampleMoment,
    image: {
      name: '/images/debian-12.sif',
      digest: `sha256:${'4b'.repeat(32)}`,
      architecture: 'amd64',
      libc: 'glibc 2.36',
      place: null,
    },
    size: { bytes: 4_812_000_000, files: 103_412, measuredAt: sampleMoment },
    software: [
      { kind: 'spack', path: hostPathFromText('./spack'), count: 214, version: '1.0.2' },
      { kind: 'venv', path: hostPathFromText('./env'), count: 38, version: '3.11.2' },
    ],
    lineage: [{ what: 'created', at: sampleMoment, by: 'alice@workstation', from: null }],
    layered: null,
    below: null,
    hostId: localHostId,
    folder,
    modifiedAt: sampleMoment,
    snapshots: [
      {
        id: 'snapshot-0001',
        note: 'Before the new compiler',
        createdAt: sampleMoment,
        bytes: 4_100_000_000,
      },
    ],
    writers: [],
    ...more,
  };
}

/** What a pack would do, for tests: an ssh key and a token stay, two links lead out. */
export function samplePackPlan(more: Partial<PackPlan> = {}): PackPlan {
  return {
    target: hostPathFromText('/images/md.sif'),
    exists: null,
    strays: [
      {
        kind: 'secret',
        path: hostPathFromText('./.ssh/id_ed25519'),
        detail: 'A private key of ssh.',
        isLeftOut: true,
      },
      {
        kind: 'secret',
        path: hostPathFromText('./.netrc'),
        detail: 'Passwords for machines.',
        isLeftOut: true,
      },
      {
        kind: 'linkOut',
        path: hostPathFromText('./data'),
        detail: 'Leads to /scratch/alice/data.',
        isLeftOut: false,
      },
      {
        kind: 'socket',
        path: hostPathFromText('./.gnupg/S.gpg-agent'),
        detail: '',
        isLeftOut: true,
      },
    ],
    moreStrays: 0,
    compressions: ['zstd', 'gzip'],
    byHand: 'mysingularity workspace pack md /images/md.sif',
    warnings: [],
    ...more,
  };
}

/** What an adoption would do, for tests. */
export function sampleAdoptPlan(more: Partial<AdoptPlan> = {}): AdoptPlan {
  const {
    hostId: _,
    folder,
    below: _below,
    modifiedAt: _at,
    snapshots: _none,
    writers: _who,
    ...manifest
  } = sampleWorkspace('md');
  return {
    manifest,
    folder,
    form: 'over',
    sentence: 'This host can mount the packed file below and keep your own writes above it.',
    neededBytes: 1_300_000_000,
    freeBytes: 52_000_000_000,
    warnings: [],
    ...more,
  };
}

/** What a sync would do, for tests: something each way, and one conflict. */
export function sampleSyncPlan(more: Partial<SyncPlan> = {}): SyncPlan {
  return {
    toOther: [
      { path: hostPathFromText('./bin/solve'), what: 'changed', sizeBytes: 182_000 },
      { path: hostPathFromText('./runs/2026-11-18.log'), what: 'new', sizeBytes: 4200 },
    ],
    toHere: [{ path: hostPathFromText('./notes.txt'), what: 'removed', sizeBytes: 0 }],
    conflicts: [
      {
        path: hostPathFromText('./config/solver.toml'),
        here: 'changed',
        there: 'changed',
        factsHere: { kind: 'file', sizeBytes: 1200, modifiedAt: sampleMoment },
        factsThere: { kind: 'file', sizeBytes: 1350, modifiedAt: sampleMoment + 60_000 },
      },
    ],
    secrets: [],
    more: { toOther: 0, toHere: 0, conflicts: 0, secrets: 0 },
    bytes: 186_200,
    warnings: [],
    ...more,
  };
}

/** Recipes for tests, as core tells them. */
export const sampleRecipes: readonly Recipe[] = (
  [
    ['spack', 'Spack'],
    ['conda', 'conda or mamba'],
    ['pip', 'Python packages (pip)'],
    ['r', 'R packages'],
  ] as const
).map(([kind, title]) => ({
  kind,
  title,
  steps: [`Takes ${title} to the workspace.`],
  reasons: ['The prefix is the same on every machine, so nothing has to be relocated.'],
}));

/** A terminal for tests: it runs. */
export function sampleTerminal(subject: TerminalSubject, more: Partial<Terminal> = {}): Terminal {
  return {
    id: terminalIdSchema.parse('77777777-dddd'),
    hostId: localHostId,
    title: 'debian-12 @ local',
    subject,
    command: 'apptainer exec debian-12.sif /bin/sh',
    startedAt: sampleMoment,
    ended: null,
    ...more,
  };
}
