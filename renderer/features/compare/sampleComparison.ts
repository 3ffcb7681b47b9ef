import type { Comparison, FileDifference, PackageDifference } from '#core/contract/compare.ts';
import { hostPathFromText } from '#core/contract/hostPath.ts';

/** A comparison for tests: a newer image of the same tool. */
export function sampleComparison(change: Partial<Comparison> = {}): Comparison {
  return {
    left: { path: hostPathFromText('/images/tool-1.sif'), format: 'sif', sizeBytes: 412e6 },
    right: { path: hostPathFromText('/images/tool-2.sif'), format: 'sif', sizeBytes: 430e6 },
    isEqual: false,
    filesNotCompared: null,
    labels: [
      { name: 'org.opencontainers.image.version', left: '1.0', right: '2.0' },
      { name: 'maintainer', left: null, right: 'Alice' },
    ],
    texts: [
      {
        part: 'definition',
        file: null,
        left: 'Bootstrap: docker\nFrom: debian:12\n\n%post\n  apt-get update\n  apt-get -y install samtools\n',
        right:
          'Bootstrap: docker\nFrom: debian:13\n\n%post\n  apt-get update\n  apt-get -y install samtools\n',
      },
      { part: 'runscript', file: null, left: null, right: 'exec samtools "$@"\n' },
      {
        part: 'environment',
        file: hostPathFromText('/.singularity.d/env/90-environment.sh'),
        left: 'export LC_ALL=C\n',
        right: 'export LC_ALL=C.UTF-8\n',
      },
    ],
    totals: {
      same: 21_345,
      added: 1500,
      removed: 3,
      changed: 997,
      addedBytes: 34e6,
      removedBytes: 1200,
      changedBytes: { left: 90e6, right: 95e6 },
      packages: 2,
    },
    listedFiles: 2500,
    notes: ['Times and owners are not compared.'],
    ...change,
  };
}

/** The differing packages of the sample. */
export const samplePackages: readonly PackageDifference[] = [
  { manager: 'dpkg', name: 'libc6', left: '2.36-9', right: '2.41-12' },
  { manager: 'pip', name: 'numpy', left: null, right: '2.1.0' },
];

/** The differing names of the sample: 2,500, the first three of them of each kind. */
export const sampleFiles: readonly FileDifference[] = [
  {
    path: hostPathFromText('/etc/debian_version'),
    left: { kind: 'file', mode: 0o644, sizeBytes: 5, target: null },
    right: { kind: 'file', mode: 0o600, sizeBytes: 5, target: null },
    aspects: ['content', 'mode'],
  },
  {
    path: hostPathFromText('/opt/old'),
    left: { kind: 'link', mode: 0o777, sizeBytes: null, target: hostPathFromText('/opt/older') },
    right: null,
    aspects: [],
  },
  ...Array.from({ length: 2498 }, (_, index) => ({
    path: hostPathFromText(`/usr/lib/tool/part-${String(index).padStart(4, '0')}`),
    left: null,
    right: { kind: 'file' as const, mode: 0o644, sizeBytes: 1000 + index, target: null },
    aspects: [],
  })),
];
