import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BuildCommandOptions } from './buildCommand.ts';
import type { BuildsCommandOptions } from './buildsCommand.ts';
import type { CheckpointsCommandOptions } from './checkpointsCommand.ts';
import type { CommonOptions } from './commandLine.ts';
import type { HostOption } from './hostArgument.ts';
import type { Invocation } from './invocation.ts';
import { compressions } from './pullOptions.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly common: (command: Command) => Command;
  readonly onHost: (command: Command) => Command;
}

/** What makes images of definition files, tells how they were made, and runs their tests. */
export function buildCommands({ program, invoke, common, onHost }: Grammar): void {
  common(program.command('build'))
    .summary('build an image from a definition file')
    .description(
      'Builds an image from a definition file of this machine. With --on it is built on another host: what it needs is sent there, and the image comes back. The output of the build goes to standard error, the path of the image to standard output.',
    )
    .argument('<image>', 'file to make; a folder or a name that ends with / keeps the definition’s name')
    .argument('<definition>', 'definition file')
    .option('--on <host>', 'build on this host; the image comes to this machine unless --host says otherwise')
    .option('--host <host>', 'the image goes to this host, and is built there unless --on says otherwise')
    .option('--sandbox', 'make a folder that can be changed, not a SIF')
    .option('--sudo', 'build as root; sudo asks for your password in this terminal, and the image is yours')
    .option('--build-arg <name=value>', 'a value for {{ name }}; repeatable', append)
    .option(
      '--secret-arg <name>',
      'take the value of {{ name }} from the environment, and neither keep nor show it; repeatable',
      append,
    )
    .option(
      '--from <source=host:path>',
      'take what the definition names SOURCE (in %files, or as local base) from a path of a host; repeatable',
      append,
    )
    .option('-B, --bind <source[:destination]>', 'make a path visible in %post; repeatable', append)
    .option('--nv', 'make NVIDIA libraries visible in %post')
    .option('--arch <name>', 'processor architecture, such as amd64 or arm64; the host’s own by default')
    .option('-T, --no-test', 'leave out %test')
    .option('-f, --force', 'replace an existing SIF')
    .addOption(new Option('--compression <name>', 'how the SIF is packed').choices(compressions))
    .option(
      '--reproducible [seconds]',
      'one time (seconds since 1970; SOURCE_DATE_EPOCH or 0 when not given) for every file of the image',
      parseSeconds,
    )
    .addOption(
      new Option(
        '--checkpoints <what>',
        'use the kept images of “# checkpoint: NAME” in %post, make them anew, or do without',
      ).choices(['use', 'anew', 'off']),
    )
    .option('--tmpdir <folder>', 'where to unpack, on the machine that builds')
    .option('-n, --dry-run', 'only say how it would be built, and what is needed')
    .action((image: string, definition: string, options: BuildCommandOptions) =>
      invoke(
        async (line) => (await import('./buildCommand.ts')).build(line, { image, definition }, options),
        options,
      ),
    );

  onHost(program.command('builds'))
    .summary('list builds, or say how one was made')
    .description('Lists the builds of this workbench, newest first; or tells everything of one.')
    .argument('[id]', 'a build of the list')
    .option('--image <image>', 'the build that made this image')
    .option('--methods', 'only a sentence for the methods section of a paper')
    .option('--definition', 'only the definition file')
    .addOption(new Option('--rerun', 'build the same again').conflicts(['methods', 'definition', 'image']))
    .option('-f, --force', 'with --rerun: replace the image')
    .addOption(
      new Option('--compare <id>', 'set this build beside [id], another one of the list').conflicts([
        'methods',
        'definition',
        'image',
        'rerun',
      ]),
    )
    .addOption(
      new Option('--forget', 'take the build off the list; its image and log stay').conflicts([
        'methods',
        'definition',
        'image',
        'rerun',
        'compare',
      ]),
    )
    .action((id: string | undefined, options: BuildsCommandOptions) =>
      invoke(async (line) => (await import('./buildsCommand.ts')).builds(line, id, options), options),
    );

  onHost(program.command('checkpoints'))
    .summary('list or remove kept checkpoints of builds')
    .description(
      'Lists the images that are kept for “# checkpoint: NAME” in %post, the last used first. They also go by themselves when they are old or too many.',
    )
    .option('--remove <key...>', 'remove these; the beginning of a key is enough')
    .option('--older-than <days>', 'remove those that were not used for so many days', parseDays)
    .option('--keep <size>', 'remove the least used until the others take this much, such as 5GB', parseSize)
    .action((options: CheckpointsCommandOptions) =>
      invoke(async (line) => (await import('./checkpointsCommand.ts')).checkpoints(line, options), options),
    );

  onHost(program.command('test'))
    .summary('run the test of an image')
    .description('Runs %test of an image, and remembers what it said with the image.')
    .argument('<image>', 'path of an image, or its name in the library')
    .action((image: string, options: CommonOptions & HostOption) =>
      invoke(async (line) => (await import('./testCommand.ts')).test(line, image, options), options),
    );
}

function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function parseSeconds(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('Expected seconds since 1970.');
  return Number(text);
}

function parseDays(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('Expected a number of days.');
  return Number(text);
}

function parseSize(text: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)\s*([KMGT]?)B?$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected a size, such as 500MB or 5GB.');
  const power = ['', 'K', 'M', 'G', 'T'].indexOf((match[2] ?? '').toUpperCase());
  return Math.round(Number(match[1]) * 1000 ** power);
}
