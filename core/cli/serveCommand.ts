import { hostPathToText } from '#core/contract/hostPath.ts';
import { openWorkbench, type Workbench } from '#core/serve/main.ts';
import { type CommandLine, type CommonOptions, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { pathFromArgument } from './pathArgument.ts';

export interface ServeCommandOptions extends CommonOptions {
  readonly printUrl?: boolean;
  readonly port?: number;
  readonly socket?: string;
}

/** Serves the workbench to a browser on this machine, or through a tunnel, until it is interrupted. */
export async function serve(line: CommandLine, options: ServeCommandOptions): Promise<number> {
  const socketPath = socketOf(line, options);
  const workbench = await openWorkbench(socketPath === null ? { port: options.port ?? 0 } : { socketPath });
  const announce = () => writeAddress(line, workbench, options, socketPath);
  const ended = new Promise<void>((resolve) => {
    line.onInterrupt(resolve);
  });
  process.on('SIGUSR2', announce);
  announce();
  try {
    await workbench.createCore();
    await ended;
  } finally {
    process.off('SIGUSR2', announce);
    await workbench.dispose();
  }
  return exitStatus.done;
}

function socketOf(line: CommandLine, options: ServeCommandOptions): string | null {
  if (options.socket === undefined) return null;
  const path = hostPathToText(pathFromArgument(options.socket, line.workingFolder));
  if (path === null) throw new UsageError('--socket: the path must be UTF-8');
  return path;
}

function writeAddress(
  line: CommandLine,
  workbench: Workbench,
  options: ServeCommandOptions,
  socketPath: string | null,
): void {
  const url = workbench.newLaunchUrl(options.port);
  if (options.json === true) {
    writeJson(line.stdout, { url, port: workbench.port, socketPath, processId: process.pid });
    return;
  }
  line.stdout.write(`${url}\n`);
  if (options.printUrl === true) return;
  if (socketPath !== null) {
    line.stderr.write(`From your machine: ssh -L ${new URL(url).port}:${socketPath} THIS-HOST\n`);
  }
  line.stderr.write(`The address opens once. For another: kill -USR2 ${process.pid}. Ctrl-C ends it.\n`);
}
