import type { Command } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { HostOption } from './hostArgument.ts';
import type { Invocation } from './invocation.ts';
import type { LintOptions } from './lintCommand.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

/** What works on definition files, without building anything. */
export function definitionCommands({ program, invoke, onHost }: Grammar): void {
  onHost(program.command('lint'))
    .summary('say what is wrong in a definition file')
    .description(
      'Checks a definition file as the runtime of the host would read it, one finding a line: FILE:LINE:COLUMN: error|warning|hint: …. Ends with 1 when there are errors.',
    )
    .argument('<file>', 'definition file')
    .option('--build-arg <name=value>', 'a value that the build will be given; repeatable', append)
    .action((file: string, options: LintOptions) =>
      invoke(async (line) => (await import('./lintCommand.ts')).lint(line, file, options), options),
    );

  onHost(program.command('convert'))
    .summary('make a definition file of a Dockerfile')
    .description(
      'Makes a definition file that does what a Dockerfile does, and lists every line of it that is not carried over.',
    )
    .argument('<dockerfile>', 'the Dockerfile')
    .argument('[target]', 'file to write, which must not be there yet; standard output by default')
    .action((file: string, target: string | undefined, options: CommonOptions & HostOption) =>
      invoke(
        async (line) => (await import('./convertCommand.ts')).convert(line, { file, target }, options),
        options,
      ),
    );
}

function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
