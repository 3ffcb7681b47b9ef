import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { explainFailure } from '#core/runtime/explainFailure.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import { createConversionProgress } from './conversionProgress.ts';
import type { PullMeans } from './pullMeans.ts';

/** Progress bars appear on a terminal only, and this wide they are not cut. */
const terminal = { columns: 120, rows: 40 };

/**
 * Runs the runtime's build. Fails with what its words mean, with the words and the command as evidence. A terminal also
 * sees to it that the build dies with us, even when we are killed.
 */
export async function runConversion(
  {
    means,
    context,
  }: {
    readonly means: Pick<PullMeans, 'host' | 'runtime' | 'rules'>;
    readonly context: TaskContext;
  },
  spec: CommandSpec,
): Promise<void> {
  const { dialect, conditions } = await means.runtime();
  const command = showCommand(spec);
  context.log('command', command);
  context.report({ phase: 'convert', text: 'Starting' });
  const progress = createConversionProgress(context);
  const outcome = await means.host.run(spec, {
    signal: context.signal,
    terminal,
    taskId: context.id,
    onChunk: (chunk) => progress.take(chunk),
  });
  progress.end();
  const { exitStatus, stdout } = outcome;
  if (exitStatus === 0) return;
  const explained = explainFailure(
    {
      stderr: stdout,
      exitStatus,
      dialect,
      verb: 'build',
      ...(conditions === undefined ? {} : { host: conditions }),
    },
    means.rules,
  );
  throw workbenchError(explained?.code ?? 'runtime.failed', explained?.facts ?? {}, {
    hostId: means.host.id,
    command,
    evidence: stripAnsi(stdout),
    exitStatus,
  });
}
