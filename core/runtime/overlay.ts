import type { HostPath } from '#core/contract/hostPath.ts';
import type { CreateOverlayInput } from '#core/contract/overlays.ts';
import { capabilityEnvironment, type Runtime, unmistakable } from './action.ts';
import { type CommandSpec, commandSpec } from './commandSpec.ts';

const mebibyte = 1024 * 1024;

/**
 * `overlay create`. Sparse where the version can (`--sparse`, `--fakeroot`: Apptainer 1.1 on; SingularityCE has `--sparse`
 * from 3.11 on and no `--fakeroot`; documentation, not run).
 */
export function overlayCreateCommand(
  runtime: Runtime,
  { sizeBytes, folders, isFakeroot }: Pick<CreateOverlayInput, 'sizeBytes' | 'folders' | 'isFakeroot'>,
  path: HostPath,
): CommandSpec {
  return commandSpec(
    { path: runtime.path },
    [
      'overlay',
      'create',
      ...(isFakeroot ? ['--fakeroot'] : []),
      ...(runtime.dialect.features.overlaySparse ? ['--sparse'] : []),
      '--size',
      String(Math.ceil(sizeBytes / mebibyte)),
      ...folders.flatMap((folder) => ['--create-dir', folder]),
      { path: unmistakable(path) },
    ],
    { purpose: 'Make an overlay', environment: capabilityEnvironment(runtime) },
  );
}

/** Codes of `sif add --partarch`, by the names that images have. Source: `sif add --help` of Apptainer 1.4.5. */
const partitionArchitectures: Readonly<Record<string, string>> = {
  '386': '1',
  amd64: '2',
  arm: '3',
  arm64: '4',
  ppc64: '5',
  ppc64le: '6',
  mips: '7',
  mipsle: '8',
  mips64: '9',
  mips64le: '10',
  s390x: '11',
  riscv64: '12',
};

/** `sif add`: a file with ext3 (`--partfs 2`) as overlay (`--parttype 4`) of an image. Null for an architecture without a code. */
export function overlayEmbedCommand(
  runtime: Runtime,
  { overlay, image, architecture }: { overlay: HostPath; image: HostPath; architecture: string | null },
): CommandSpec | null {
  const code = partitionArchitectures[architecture ?? ''];
  if (code === undefined) return null;
  const words = ['--datatype', '4', '--partfs', '2', '--parttype', '4', '--partarch', code, '--groupid', '1'];
  return commandSpec(
    { path: runtime.path },
    ['sif', 'add', ...words, { path: unmistakable(image) }, { path: unmistakable(overlay) }],
    { purpose: 'Put an overlay into an image', environment: capabilityEnvironment(runtime) },
  );
}

/** `sif del`: takes an object out of the table of an image; its bytes stay in the file (seen with Apptainer 1.4.5). */
export function overlayUnembedCommand(
  runtime: Runtime,
  { image, id }: { readonly image: HostPath; readonly id: number },
): CommandSpec {
  return commandSpec({ path: runtime.path }, ['sif', 'del', String(id), { path: unmistakable(image) }], {
    purpose: 'Take an overlay out of an image',
    environment: capabilityEnvironment(runtime),
  });
}

/** The owner in what `debugfs -R 'stat /upper'` prints; null where there is no such folder. */
export function parseOwner(stdout: string): number | null {
  const uid = /^User:\s*(\d{1,10})\s+Group:/m.exec(stdout)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** The last lines of what a check said, without its banner. */
export function checkReport(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^e2fsck \d/.test(line))
    .slice(-40)
    .join('\n')
    .slice(-8192);
}
