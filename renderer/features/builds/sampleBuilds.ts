import type { BuildPlan, BuildRecord } from '#core/contract/builds.ts';
import type { DefinitionTemplate, DefinitionWords, Finding, TextRange } from '#core/contract/definitions.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, taskIdSchema } from '#core/contract/ids.ts';
import { sampleReport } from '#renderer/testing/samples.ts';

/** A definition file for tests; its sixth line is the one that fails. */
export const sampleDefinition = [
  'Bootstrap: docker',
  'From: debian:12',
  '',
  '%post',
  '    apt-get update',
  '    apt-get install -y gromcas',
  '',
  '%runscript',
  '    exec gmx "$@"',
  '',
].join('\n');

/** Words of definition files for tests: a few of each kind. */
export const sampleWords: DefinitionWords = {
  agents: [
    {
      name: 'docker',
      detail: 'Image of a container registry',
      documentation: 'Pulls an OCI or Docker image.',
      requiredHeaders: ['From'],
      optionalHeaders: ['Registry'],
    },
    {
      name: 'debootstrap',
      detail: 'Debian and Ubuntu',
      documentation: 'Installs a system from a package mirror.',
      requiredHeaders: ['MirrorURL', 'OSVersion'],
      optionalHeaders: ['Include'],
    },
  ],
  headers: ['Bootstrap', 'From', 'Registry', 'MirrorURL', 'OSVersion', 'Include'].map((name) => ({
    name,
    detail: `The header ${name}`,
    documentation: '',
  })),
  sections: [
    {
      name: 'files',
      detail: 'Files to copy',
      documentation: 'One pair a line.',
      runs: 'file',
      argument: 'from STAGE',
      isApp: false,
    },
    {
      name: 'post',
      detail: 'What is done in the new image',
      documentation: 'Runs in the image as root.',
      runs: 'container',
      argument: '-c SHELL',
      isApp: false,
    },
    { name: 'labels', detail: 'Labels', documentation: '', runs: 'file', argument: null, isApp: false },
    {
      name: 'apprun',
      detail: 'What the app does',
      documentation: '',
      runs: 'container',
      argument: 'NAME',
      isApp: true,
    },
  ],
};

/** A template for tests. */
export const sampleTemplate: DefinitionTemplate = {
  id: 'minimal',
  title: 'Minimal',
  description: 'A base and one package.',
  text: sampleDefinition,
};

/** A range on one line of a text, for tests. */
export function sampleRange(line: number, from: number, length: number): TextRange {
  return { from, to: from + length, line, column: 1, endLine: line, endColumn: length + 1 };
}

/** Something that lint found, for tests. */
export function sampleFinding(change: Partial<Finding> = {}): Finding {
  return {
    code: 'section.unknown',
    severity: 'error',
    range: sampleRange(4, sampleDefinition.indexOf('%post'), 5),
    message: 'There is no section %pots.',
    detail: 'The runtime knows %post.',
    fix: null,
    isRefused: true,
    runtimeSays: 'invalid section',
    ...change,
  };
}

/** A build that succeeded, for tests: 60 seconds, of which 40 in %post. */
export function sampleBuild(change: Partial<BuildRecord> = {}): BuildRecord {
  const begin = Date.UTC(2026, 10, 20, 12, 0, 0);
  return {
    version: 1,
    id: taskIdSchema.parse('22222222-bbbb'),
    name: 'gromacs.def',
    hostId: localHostId,
    hostLabel: 'local',
    target: hostPathFromText('/images/gromacs.sif'),
    targetHostId: localHostId,
    startedAt: begin,
    endedAt: begin + 60_000,
    outcome: 'succeeded',
    digest: `sha256:${'9'.repeat(64)}`,
    sizeBytes: 412_000_000,
    test: 'passed',
    way: 'own',
    elsewhere: [],
    definition: {
      hostId: localHostId,
      path: hostPathFromText('/home/alice/gromacs.def'),
      folder: hostPathFromText('/home/alice'),
      text: sampleDefinition,
    },
    runtime: { product: 'Apptainer', version: '1.4.5' },
    architecture: 'amd64',
    options: {
      form: 'sif',
      binds: [],
      nv: false,
      architecture: null,
      noTest: false,
      compression: null,
      sourceDateEpoch: null,
      checkpoints: 'use',
    },
    buildArguments: [{ name: 'TOKEN', value: null, isSecret: true }],
    phases: [
      { phase: 'bootstrap', startedAt: begin, endedAt: begin + 10_000 },
      { phase: 'post', startedAt: begin + 10_000, endedAt: begin + 50_000 },
      { phase: 'squashfs', startedAt: begin + 50_000, endedAt: begin + 60_000 },
    ],
    error: null,
    ...change,
  };
}

/** The same build, stopped at its sixth line, for tests. */
export function sampleFailedBuild(change: Partial<BuildRecord> = {}): BuildRecord {
  return sampleBuild({
    outcome: 'failed',
    digest: null,
    sizeBytes: null,
    test: 'none',
    phases: sampleBuild().phases.slice(0, 2),
    error: sampleReport({
      code: 'build.failed',
      title: 'The build stopped at line 6 of gromacs.def',
      cause: '“apt-get install -y gromcas” ended with 100.',
      nextStep: 'Correct the line, and build again.',
      data: {
        line: 6,
        column: 5,
        outputTail: 'Reading package lists...\nE: Unable to locate package gromcas',
      },
      command: 'apptainer build gromacs.sif gromacs.def',
      evidence: 'E: Unable to locate package gromcas',
    }),
    ...change,
  });
}

/** What core says of a build before it begins, for tests. */
export function samplePlan(change: Partial<BuildPlan> = {}): BuildPlan {
  return {
    target: hostPathFromText('/images/gromacs.sif'),
    exists: null,
    way: {
      mode: 'subuid',
      canBuild: true,
      sentence: 'It is built without root, with your range of user ids (fakeroot).',
      limits: ['Device files are not made.'],
      isFromDocumentation: false,
      asRoot: 'sudo apptainer build /images/gromacs.sif gromacs.def',
      canSudo: false,
    },
    files: [
      {
        source: 'data/topol',
        line: 9,
        kind: 'folder',
        hostId: localHostId,
        pickedPath: null,
        isSent: false,
        sizeBytes: 52_000_000,
        count: 14,
      },
    ],
    sentBytes: 52_000_000,
    space: { folder: hostPathFromText('/tmp'), freeBytes: 40e9, neededBytes: 2e9 },
    checkpoints: [],
    compressions: ['gzip-6', 'gzip-9', 'zstd-3', 'zstd-9'],
    warnings: [],
    byHand: 'apptainer build --fakeroot /images/gromacs.sif gromacs.def',
    means: 'The image gets its name when it is whole.',
    ...change,
  };
}
