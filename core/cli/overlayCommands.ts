import { type Command, InvalidArgumentError } from 'commander';
import { smallestOverlayBytes } from '#core/contract/overlays.ts';
import type { CommonOptions } from './commandLine.ts';
import type { HostOption } from './hostArgument.ts';
import type { Invocation } from './invocation.ts';
import type { CreateOverlayOptions } from './overlayCommand.ts';
import { append } from './runOptions.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

type Options = CommonOptions & HostOption;

const pathHelp = 'overlay image, or a SIF with one in it';

/** Files that keep the changes of containers. */
export function overlayCommands({ program, invoke, onHost }: Grammar): void {
  const overlay = program
    .command('overlay')
    .summary('make, check, grow and embed overlays')
    .description(
      'Overlays: files with a file system of changes, attached to a run with --overlay. One container at a time may write to one.',
    );
  const work = async () => await import('./overlayCommand.ts');

  onHost(overlay.command('create'))
    .summary('make one')
    .description(
      'Makes an overlay that takes its room only as it fills. New files at its top can be made in it by the person who made it alone; folders given with --folder belong to that person.',
    )
    .argument('<target>', 'file to make; in the first image folder where it is a bare name')
    .option(
      '--size <size>',
      'in MiB, or with K, M, G or T; at least 64M',
      parseSize,
      smallestOverlayBytes * 16,
    )
    .option(
      '--folder <path>',
      'a folder in it for the person, such as /home/mysingularity; repeatable',
      append,
    )
    .option('--fakeroot', 'for runs with --fakeroot: its top folder belongs to root')
    .action((target: string, options: CreateOverlayOptions) =>
      invoke(async (line) => (await work()).createOverlay(line, target, options), options),
    );
  onHost(overlay.command('list'))
    .summary('list those of the image folders, and those elsewhere that the workbench made')
    .action((options: Options) =>
      invoke(async (line) => (await work()).listOverlays(line, options), options),
    );
  onHost(overlay.command('show'))
    .summary('say how full one is, whose it is, and who has it open')
    .argument('<path>', pathHelp)
    .action((path: string, options: Options) =>
      invoke(async (line) => (await work()).showOverlay(line, path, options), options),
    );
  onHost(overlay.command('check'))
    .summary('look for damage in its file system')
    .argument('<path>', pathHelp)
    .option('--mend', 'mend a copy, which takes its place; the damaged file stays beside it')
    .addHelpText('after', '\nExit status of check: 0 sound (or mended), 1 damaged.')
    .action((path: string, options: Options & { readonly mend?: boolean }) =>
      invoke(async (line) => (await work()).checkOverlay(line, path, options), options),
    );
  onHost(overlay.command('grow'))
    .summary('make it larger; never smaller')
    .argument('<path>', 'overlay image')
    .argument('<size>', 'in MiB, or with K, M, G or T', parseSize)
    .action((path: string, size: number, options: Options) =>
      invoke(async (line) => (await work()).growOverlay(line, { path, size }, options), options),
    );
  onHost(overlay.command('embed'))
    .summary('copy it into a SIF, which grows by its whole size')
    .argument('<path>', 'overlay image')
    .argument('<image>', 'SIF without a signature and without an overlay')
    .option('-n, --dry-run', 'only show the command and the sizes')
    .action((path: string, image: string, options: Options & { readonly dryRun?: boolean }) =>
      invoke(async (line) => (await work()).embedOverlay(line, { path, image }, options), options),
    );
  onHost(overlay.command('unembed'))
    .summary('take the overlay out of a SIF, with what is in it')
    .description(
      'Takes the overlay out of a copy of the image, which then replaces the image. What was changed in it is lost.',
    )
    .argument('<image>', 'SIF with an overlay in it')
    .option('-y, --yes', 'do not ask')
    .action((path: string, options: Options & { readonly yes?: boolean }) =>
      invoke(async (line) => (await work()).unembedOverlay(line, path, options), options),
    );
  onHost(overlay.command('delete'))
    .summary('remove one that nobody has open')
    .argument('<path>', 'overlay image')
    .action((path: string, options: Options) =>
      invoke(async (line) => (await work()).deleteOverlay(line, path, options), options),
    );
}

const units: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 };

/** `512`, `512M`, `2G` → bytes; units are powers of 1024, as the runtime's are, and none is MiB. */
function parseSize(text: string): number {
  const [, number = '', unit = 'M'] = /^(\d+(?:\.\d+)?)([KMGT])?(?:iB)?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * 1024 ** (units[unit.toUpperCase()] ?? 2));
  if (number === '' || bytes < smallestOverlayBytes)
    throw new InvalidArgumentError('Expected a size such as 512M or 2G, at least 64M.');
  return bytes;
}
