import type { SandboxShell, SandboxWayId } from '#core/contract/sandboxes.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import { type CommandLine, type CommonOptions, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { reportOfFailure, UsageError, writeFailure } from './failure.ts';
import type { HostOption } from './hostArgument.ts';
import { sandboxFromArgument } from './sandboxWork.ts';

export interface SandboxShellOptions extends CommonOptions, HostOption {
  readonly writable?: boolean;
  readonly root?: boolean;
  readonly way?: 'runtime' | 'charliecloud' | 'bubblewrap' | 'unshare';
  readonly dryRun?: boolean;
}

/** A shell in a sandbox on this terminal; answers its own exit status. */
export async function sandboxShell(
  line: CommandLine,
  path: string,
  options: SandboxShellOptions,
): Promise<number> {
  const way = wayOf(options);
  try {
    const { one } = await sandboxFromArgument(line, path, options);
    const core = await line.openCore();
    const shell: SandboxShell = {
      ...one,
      way,
      isWritable: options.writable === true,
      isRoot: options.root === true,
    };
    const spec = await core.sandboxShell(shell);
    if (options.dryRun === true) {
      const command = spec.byHand ?? showCommand(spec);
      if (options.json === true) writeJson(line.stdout, { command });
      else line.stdout.write(`${command}\n`);
      return exitStatus.done;
    }
    const release = line.holdInterrupts();
    try {
      return await core.runAttached(one.hostId, spec);
    } finally {
      release();
    }
  } catch (error) {
    writeFailure(line.stderr, reportOfFailure(error), options);
    return exitStatus.notStarted;
  }
}

function wayOf({ way, writable, root }: SandboxShellOptions): SandboxWayId {
  if (way !== undefined && way !== 'runtime') return way;
  if (root === true && writable !== true)
    throw new UsageError('--root needs --writable: what root may do is to change things');
  return writable !== true ? 'readOnly' : root === true ? 'writableRoot' : 'writable';
}
