import type { HostPath } from '#core/contract/hostPath.ts';
import { type CommandSpec, commandSpec } from './commandSpec.ts';

/** Where a squashfs lies in a file. */
interface Place {
  readonly path: HostPath;
  readonly offset: number;
}

/** Lists a squashfs with sizes and numeric owners. Options as of squashfs-tools 4.4 and later. */
export function squashfsListCommand({ path, offset }: Place): CommandSpec {
  return commandSpec('unsquashfs', ['-offset', String(offset), '-lln', { path }], {
    purpose: 'List the files of an image',
  });
}

/** Unpacks a squashfs into a new folder. Devices are left out where the user may not make them, and that is no failure. */
export function squashfsUnpackCommand({ path, offset }: Place, folder: HostPath): CommandSpec {
  return commandSpec(
    'unsquashfs',
    ['-quiet', '-no-progress', '-no-xattrs', '-offset', String(offset), '-dest', { path: folder }, { path }],
    { purpose: 'Unpack an image to compare it' },
  );
}

/** What a listing adds up to. */
export interface SquashfsSum {
  readonly names: number;
  readonly bytes: number;
}

/**
 * One more line of a listing. A name may hold line ends, and what follows them may look like another file: so the sum is
 * never too small, and at worst a forged image is taken for a larger one.
 */
export function addListedLine(sum: SquashfsSum, line: string): SquashfsSum {
  const file = /^-[-rwxsStT]{9} \d+\/\d+ +(\d{1,15}) \d{4}-\d\d-\d\d /.exec(line);
  return { names: sum.names + 1, bytes: sum.bytes + Number(file?.[1] ?? 0) };
}
