import type { Command } from 'commander';
import type { CommandLine, CommonOptions } from './commandLine.ts';
import type { CompareOptions } from './compareCommand.ts';
import type { ComparisonsOptions } from './comparisonsCommand.ts';
import type { Invocation } from './invocation.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly common: (command: Command) => Command;
}

/** What sets two images side by side. */
export function compareCommands({ program, invoke, common }: Grammar): void {
  common(program.command('compare'))
    .summary('say how two images differ')
    .description(
      'Compares two images of this machine (SIF, squashfs, sandbox) by their content: definition, labels, environment, packages, files. Neither is run, and times and owners do not count.',
    )
    .argument('<left>', 'path of an image, or its name in the library')
    .argument('<right>', 'the other one')
    .option('--packages', 'only the packages that differ')
    .option('--files', 'only the files that differ')
    .addHelpText(
      'after',
      '\nExit status of compare: 0 nothing differs, 1 something differs, 2 and more it could not be told.',
    )
    .action((left: string, right: string, options: CompareOptions) =>
      invoke(
        async (line: CommandLine) =>
          (await import('./compareCommand.ts')).compare(line, { left, right }, options),
        options,
      ),
    );

  common(program.command('comparisons'))
    .summary('list what was compared, or show it again')
    .description('Lists the comparisons that are kept, newest first; or shows one of them again.')
    .argument('[id...]', 'a comparison of the list')
    .option('--remove', 'remove these results; the images stay')
    .action((ids: readonly string[], options: ComparisonsOptions) =>
      invoke(
        async (line: CommandLine) =>
          (await import('./comparisonsCommand.ts')).comparisons(line, ids, options),
        options,
      ),
    );
}
