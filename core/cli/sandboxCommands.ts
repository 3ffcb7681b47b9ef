import { type Command, Option } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { HostOption } from './hostArgument.ts';
import type { Invocation } from './invocation.ts';
import type { SandboxShellOptions } from './sandboxShellCommand.ts';
import type { CreateSandboxOptions, FreezeOptions, SnapshotOptions } from './sandboxWork.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

type Options = CommonOptions & HostOption;

const pathHelp = 'folder of the sandbox';

/** What makes, changes, compares and removes sandboxes. */
export function sandboxCommands({ program, invoke, onHost }: Grammar): void {
  const sandbox = program
    .command('sandbox')
    .summary('make, compare, freeze and remove sandboxes')
    .description('Sandboxes: folders with the files of an image, which can be changed.');
  const work = async () => await import('./sandboxWork.ts');
  const show = async () => await import('./sandboxShow.ts');

  onHost(sandbox.command('create'))
    .summary('make one from an image, a registry or a definition file')
    .description(
      'Makes a sandbox: straight from a registry (docker://…, oras://…), from an image file or archive, or by a build from a definition file. What it begins with is kept, so that changes can be told later.',
    )
    .argument('<source>', 'reference, image file or definition file')
    .argument('[target]', 'folder to make; in the first image folder by default')
    .option('--http', 'plain http for a registry that is not on this machine')
    .action((source: string, target: string | undefined, options: CreateSandboxOptions) =>
      invoke(async (line) => (await work()).createSandbox(line, { source, target }, options), options),
    );
  onHost(sandbox.command('list'))
    .summary('list them')
    .description('Lists the sandboxes of the image folders, and those elsewhere that the workbench made.')
    .action((options: Options) =>
      invoke(async (line) => (await show()).listSandboxes(line, options), options),
    );
  onHost(sandbox.command('show'))
    .summary('say what one is, how it can be opened, and which snapshots it has')
    .argument('<path>', pathHelp)
    .option('--measure', 'measure it first')
    .action((path: string, options: Options & { readonly measure?: boolean }) =>
      invoke(async (line) => (await show()).showSandbox(line, path, options), options),
    );
  onHost(sandbox.command('diff'))
    .summary('say what changed since it was made')
    .argument('<path>', pathHelp)
    .addHelpText(
      'after',
      '\nExit status of diff: 0 nothing changed, 1 something changed, 2 and more it could not be told.',
    )
    .action((path: string, options: Options) =>
      invoke(async (line) => (await show()).diffSandbox(line, path, options), options),
    );
  onHost(sandbox.command('clone'))
    .summary('copy one, with shared blocks where the file system can')
    .argument('<path>', pathHelp)
    .argument('<target>', 'folder to make')
    .action((path: string, target: string, options: Options) =>
      invoke(async (line) => (await work()).cloneSandbox(line, { path, target }, options), options),
    );
  onHost(sandbox.command('snapshot'))
    .summary('keep a copy to go back to')
    .argument('<path>', pathHelp)
    .option('--note <text>', 'what it is kept for')
    .option('--remove <id>', 'remove a snapshot in place of making one')
    .action((path: string, options: SnapshotOptions) =>
      invoke(async (line) => (await work()).snapshotSandbox(line, path, options), options),
    );
  onHost(sandbox.command('restore'))
    .summary('go back to a snapshot; what is there becomes a snapshot')
    .argument('<path>', pathHelp)
    .argument('<snapshot>', 'id, as `show` lists it')
    .action((path: string, snapshot: string, options: Options) =>
      invoke(async (line) => (await work()).restoreSandbox(line, { path, snapshot }, options), options),
    );
  onHost(sandbox.command('freeze'))
    .summary('make a SIF of it')
    .description('Makes a SIF of a sandbox, with what it comes from and what was done in it recorded inside.')
    .argument('<path>', pathHelp)
    .argument('[target]', 'SIF to make; named like the sandbox, in the first image folder by default')
    .option('-f, --force', 'replace an existing SIF')
    .action((path: string, target: string | undefined, options: FreezeOptions) =>
      invoke(async (line) => (await work()).freezeSandbox(line, { path, target }, options), options),
    );
  onHost(sandbox.command('draft'))
    .summary('write the commands of its writable shells as a definition file')
    .argument('<path>', pathHelp)
    .action((path: string, options: Options) =>
      invoke(async (line) => (await show()).draftOfSandbox(line, path, options), options),
    );
  onHost(sandbox.command('delete'))
    .summary('remove it with its snapshots, whoever owns its files')
    .argument('<path>', pathHelp)
    .action((path: string, options: Options) =>
      invoke(async (line) => (await work()).deleteSandbox(line, path, options), options),
    );
  onHost(sandbox.command('shell'))
    .summary('open a shell in it')
    .description(
      'Opens a shell in a sandbox: read-only, or writable; then the commands of bash are kept for `draft`.',
    )
    .argument('<path>', pathHelp)
    .option('-w, --writable', 'what is changed stays')
    .option('--root', 'as root inside, as far as this host lets you')
    .addOption(
      new Option('--way <name>', 'with the runtime, or without one').choices([
        'runtime',
        'charliecloud',
        'bubblewrap',
        'unshare',
      ]),
    )
    .option('-n, --dry-run', 'only show the command')
    .action((path: string, options: SandboxShellOptions) =>
      invoke(
        async (line) => (await import('./sandboxShellCommand.ts')).sandboxShell(line, path, options),
        options,
      ),
    );
}
