import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandLine, CommonOptions } from './commandLine.ts';
import type { ImportOptions } from './importCommand.ts';
import type { Invocation } from './invocation.ts';
import type { LoginOptions } from './loginCommand.ts';
import { compressions } from './pullOptions.ts';
import type { SearchOptions } from './searchCommand.ts';
import type { ShowOptions } from './showCommand.ts';
import type { TagsOptions } from './tagsCommand.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly common: (command: Command) => Command;
  readonly onHost: (command: Command) => Command;
}

/** What finds images in registries, looks at them there, and makes images of files. */
export function registryCommands({ program, invoke, common, onHost }: Grammar): void {
  onHost(program.command('search'))
    .summary('find images in registries')
    .description('Finds repositories in the registries of your list, or in those that are named.')
    .argument('<term>', 'part of a name')
    .option('--registry <name>', 'only this registry: a name of the list, or a host; repeatable', append)
    .option('--limit <number>', 'at most so many of each registry; 50 by default', parseCount)
    .action((term: string, options: SearchOptions) =>
      invoke(async (line) => (await import('./searchCommand.ts')).search(line, term, options), options),
    );

  onHost(program.command('tags'))
    .summary('list the tags of a repository')
    .description('Lists the tags of a repository, the newest version first. No image is downloaded.')
    .argument(
      '<repository>',
      'such as docker://alpine, quay.io/biocontainers/samtools or 127.0.0.1:5000/demo/tiny',
    )
    .addOption(new Option('--sort <by>', 'order of the list').choices(['version', 'time']).default('version'))
    .option('--limit <number>', 'at most so many', parseCount)
    .option('--details', 'also ask for size, time and architectures where the list does not tell them')
    .action((words: string, options: TagsOptions) =>
      invoke(async (line) => (await import('./tagsCommand.ts')).tags(line, words, options), options),
    );

  onHost(program.command('show'))
    .summary('say what is under a reference, without downloading it')
    .description('Digest, architectures, layers with their history, labels, and what refers to it.')
    .argument('<reference>', 'such as docker://alpine:3.20 or oras://host/name:tag')
    .option('--arch <name>', 'processor architecture; the host’s own by default')
    .option('--http', 'plain http for a registry that is not on this machine')
    .action((reference: string, options: ShowOptions) =>
      invoke(async (line) => (await import('./showCommand.ts')).show(line, reference, options), options),
    );

  onHost(program.command('import'))
    .summary('make an image of an archive, a tree or another image file')
    .description(
      'Makes an image of a file of this machine: docker or OCI archive, OCI layout, tarball of a system, sandbox, squashfs, SIF; or of an image of a local engine (docker-daemon:NAME, podman-storage:NAME). What it is is found out from its content.',
    )
    .argument('<file>', 'what to import')
    .argument('[target]', 'file or folder to put it in; the first image folder by default')
    .option('--member <name>', 'which image of an archive with several')
    .option('--sandbox', 'make a folder that can be changed, not a SIF')
    .option('-f, --force', 'replace an existing target')
    .addOption(new Option('--compression <name>', 'how the SIF is packed').choices(compressions))
    .option('-n, --dry-run', 'only say what it is and what would be done')
    .action((file: string, target: string | undefined, options: ImportOptions) =>
      invoke(
        async (line) => (await import('./importCommand.ts')).importFile(line, { file, target }, options),
        options,
      ),
    );

  common(program.command('login'))
    .summary('sign in to a registry')
    .description('Proves user name and password at a registry and keeps them in the keychain.')
    .argument('<registry>', 'host, with its port')
    .requiredOption('--user <name>', 'user name at the registry')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .option('--http', 'plain http for a registry that is not on this machine')
    .action((registry: string, options: LoginOptions) =>
      invoke(async (line) => (await import('./loginCommand.ts')).login(line, registry, options), options),
    );

  common(program.command('logout'))
    .summary('forget the password of a registry')
    .argument('<registry>', 'host, with its port')
    .action((registry: string, options: CommonOptions) =>
      invoke(
        async (line: CommandLine) => (await import('./loginCommand.ts')).logout(line, registry),
        options,
      ),
    );
}

function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1 on.');
  return Number(text);
}
