import { describe, expect, it } from 'vitest';
import { compareBuilds } from './buildComparison.ts';
import { type BuildRecord, buildRecordSchema } from './builds.ts';

function build(change: Record<string, unknown> = {}): BuildRecord {
  return buildRecordSchema.parse({
    version: 1,
    id: 'aaaaaaaa-0001',
    name: 'tool.def',
    hostId: 'local',
    hostLabel: 'local',
    target: '/images/tool.sif',
    targetHostId: 'local',
    startedAt: 0,
    endedAt: 60_000,
    outcome: 'succeeded',
    digest: 'sha256:1',
    sizeBytes: 1_000_000,
    test: 'passed',
    definition: { path: null, folder: '/work', text: 'Bootstrap: scratch\n' },
    runtime: { product: 'apptainer', version: '1.4.5' },
    architecture: 'amd64',
    options: {
      form: 'sif',
      binds: [],
      nv: false,
      architecture: null,
      noTest: false,
      compression: null,
      sourceDateEpoch: null,
    },
    buildArguments: [],
    phases: [],
    error: null,
    ...change,
  });
}

const different = (left: BuildRecord, right: BuildRecord) =>
  compareBuilds(left, right, 0)
    .facts.filter(({ isSame }) => !isSame)
    .map(({ name, detail, left: one, right: other }) => [name + detail, one, other]);

describe('two builds', () => {
  it('that are the same differ in nothing', () => {
    expect(different(build(), build())).toEqual([]);
    expect(compareBuilds(build(), build(), 0).isSameDefinition).toBe(true);
  });

  it('differ in arguments, versions, hosts, options, sizes and digests', () => {
    const argument = (name: string, value: string | null) => ({ name, value, isSecret: value === null });
    const left = build({ buildArguments: [argument('V', '1'), argument('KEY', null)] });
    const right = build({
      buildArguments: [argument('V', '2'), argument('NEW', 'x')],
      runtime: { product: 'apptainer', version: '1.5.0' },
      hostLabel: 'hydra',
      options: { ...left.options, nv: true, compression: 'zstd-3' },
      sizeBytes: 2_000_000,
      digest: 'sha256:2',
    });
    expect(different(left, right)).toEqual([
      ['argumentKEY', '(secret, not kept)', null],
      ['argumentNEW', null, 'x'],
      ['argumentV', '1', '2'],
      ['host', 'local', 'hydra'],
      ['runtime', 'apptainer 1.4.5', 'apptainer 1.5.0'],
      ['compression', null, 'zstd-3'],
      ['nv', null, '--nv'],
      ['size', '1.0 MB', '2.0 MB'],
      ['digest', 'sha256:1', 'sha256:2'],
    ]);
  });

  it('are compared by phases in the order of a build, stages added up, the end of what runs being now', () => {
    const left = build({
      phases: [
        { phase: 'post', startedAt: 0, endedAt: 2000 },
        { phase: 'post', startedAt: 5000, endedAt: 8000 },
        { phase: 'bootstrap', startedAt: 0, endedAt: 1000 },
      ],
    });
    const right = build({ phases: [{ phase: 'squashfs', startedAt: 1000, endedAt: null }] });
    expect(compareBuilds(left, right, 4000).phases).toEqual([
      { phase: 'bootstrap', left: 1, right: null },
      { phase: 'post', left: 5, right: null },
      { phase: 'squashfs', left: null, right: 3 },
    ]);
  });
});
