import { CommanderError } from 'commander';
import type { CommandLine, CommonOptions } from './commandLine.ts';
import { exitStatus, exitStatusOf } from './exitStatus.ts';
import { reportOfFailure, UsageError, writeFailure } from './failure.ts';
import { createProgram } from './program.ts';

/** Parses the words after the program's name, runs the command, and answers the exit status. */
export async function runCommandLine(words: readonly string[], line: CommandLine): Promise<number> {
  let status: number = exitStatus.done;
  const program = createProgram(async (run, options) => {
    status = await runReporting(() => run(line), line, options);
  });
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => line.stdout.write(text),
      writeErr: (text) => line.stderr.write(text),
    });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
  }
}

async function runReporting(
  run: () => Promise<number>,
  line: CommandLine,
  options: CommonOptions,
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UsageError) {
      line.stderr.write(`error: ${error.message}\n`);
      return exitStatus.usage;
    }
    const report = reportOfFailure(error);
    writeFailure(options.json === true ? line.stdout : line.stderr, report, options);
    return exitStatusOf(report.code);
  }
}
