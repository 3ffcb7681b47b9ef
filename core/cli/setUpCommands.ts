import type { Command } from 'commander';
import { Argument } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { Invocation } from './invocation.ts';
import type { SetUpOptions } from './setUpCommand.ts';

interface Grammar {
  /** `workspace` */
  readonly group: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

/** `workspace setup`: Spack, conda, pip or R in a workspace. */
export function setUpCommand({ group, invoke, onHost }: Grammar): void {
  onHost(group.command('setup'))
    .summary('set Spack, conda, Python or R packages up in a workspace')
    .description(
      'Runs a recipe in a container with the workspace, on this terminal, and notes what is there afterwards. --dry-run says what the recipe does and why, and shows its script.',
    )
    .argument('<workspace>', 'name or id of a workspace')
    .addArgument(new Argument('<recipe>', 'what to set up').choices(['spack', 'conda', 'pip', 'r']))
    .argument('[packages...]', 'of pip and r: what to install')
    .requiredOption(
      '--image <image>',
      'the image in which it runs: a path of the host, or a name in its library',
    )
    .option(
      '--from <source>',
      'spack: address of a git mirror, or an archive, repository or folder of the host; conda: its installer; pip: a folder of wheels; r: address of a repository',
    )
    .option('--reference <name>', 'spack: branch or tag')
    .option('--jobs <number>', 'spack: how many compilers at a time; login nodes are shared', '2')
    .option('--folder <name>', 'pip: folder of the virtual environment', 'venv')
    .option(
      '-B, --bind <source:destination[:ro]>',
      'more of the host to be seen in the container; again for more',
      (word: string, before: readonly string[] | undefined) => [...(before ?? []), word],
    )
    .option('-n, --dry-run', 'only say what would be done')
    .action((workspace: string, recipe: string, packages: string[], options: SetUpOptions) =>
      invoke(
        async (line) =>
          (await import('./setUpCommand.ts')).setUpWorkspace(line, { workspace, recipe, packages }, options),
        options,
      ),
    );
}
