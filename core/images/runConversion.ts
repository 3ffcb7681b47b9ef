import { workbenchError } from '#core/errors/workbenchError.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { RunningPull } from './finishPull.ts';

/** Runs the runtime's build in a terminal, because only there it says how far it is. */
export async function runConversion(pull: RunningPull, spec: CommandSpec): Promise<void> {
  const { means, context } = pull;
  context.log('command', showCommand(spec));
  context.report({ phase: 'convert', text: 'Starting' });
  const outcome = await means.host.run(spec, {
    signal: context.signal,
    terminal: { columns: 120, rows: 40 },
    taskId: context.id,
    onLine: (line) => context.log('stdout', line),
  });
  if (outcome.exitStatus !== 0)
    throw workbenchError(
      'runtime.failed',
      {},
      { command: showCommand(spec), evidence: outcome.stdout, exitStatus: outcome.exitStatus },
    );
}
