import type { Task } from '#core/contract/tasks.ts';
import { type CommonOptions, type TextOutput, writeJson } from './commandLine.ts';
import { progressLine, progressLines, progressStep } from './progressText.ts';

/** Shows a task while it runs. */
export interface ProgressOutput {
  show(task: Task): void;
  /** Takes away what moves, so that the end can be written. */
  end(): void;
}

/** JSON lines to `stdout`, a moving block on a terminal, else a line at each step to `stderr`. */
export function progressOutput(
  outputs: { readonly stdout: TextOutput; readonly stderr: TextOutput },
  options: CommonOptions,
): ProgressOutput {
  if (options.json === true) return jsonProgress(outputs.stdout);
  return outputs.stderr.isTTY === true ? liveProgress(outputs.stderr) : plainProgress(outputs.stderr);
}

function jsonProgress(output: TextOutput): ProgressOutput {
  return {
    show: (task) => {
      if (task.status.state === 'running') writeJson(output, { type: 'progress', ...task.status.progress });
    },
    end: () => undefined,
  };
}

function liveProgress(output: TextOutput): ProgressOutput {
  let drawn = 0;
  const erase = () => (drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`);
  return {
    show: (task) => {
      // A terminal that does not know its size says 0.
      const lines = progressLines(task, output.columns || 80);
      output.write(`${erase()}${lines.map((line) => `${line}\n`).join('')}`);
      drawn = lines.length;
    },
    end: () => {
      output.write(erase());
      drawn = 0;
    },
  };
}

function plainProgress(output: TextOutput): ProgressOutput {
  let last = '';
  return {
    show: (task) => {
      if (task.status.state !== 'running') return;
      const step = progressStep(task.status.progress);
      if (step === last) return;
      last = step;
      output.write(`${progressLine(task.status.progress)}\n`);
    },
    end: () => undefined,
  };
}
