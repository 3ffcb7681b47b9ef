import { type Command, InvalidArgumentError } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { HostOption } from './hostArgument.ts';
import type { StartOptions } from './instanceCommand.ts';
import type { Invocation } from './invocation.ts';
import { withRunOptions } from './runOptions.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

type Options = CommonOptions & HostOption;

const nameHelp = 'name of the instance';

/** Containers that run in the background. */
export function instanceCommands({ program, invoke, onHost }: Grammar): void {
  const instance = program
    .command('instance')
    .summary('start, list, look into and stop instances')
    .description(
      'Instances: containers that run in the background. Each node has its own: another login node of a cluster does not reach them.',
    );
  const work = async () => await import('./instanceCommand.ts');

  withRunOptions(onHost(instance.command('start')).passThroughOptions())
    .summary('start one from an image')
    .description('Starts an instance; what runs in it is the start script of the image.')
    .argument('<image>', 'path of an image, or its name in the library')
    .argument('<name>', nameHelp)
    .argument('[args...]', 'arguments of the start script')
    .option('-n, --dry-run', 'only show the command')
    .action((image: string, name: string, args: string[], options: StartOptions) =>
      invoke(async (line) => (await work()).startInstance(line, { image, name, args }, options), options),
    );
  onHost(instance.command('list'))
    .summary('list those of this machine, or of the node of a host that answers')
    .action((options: Options) =>
      invoke(async (line) => (await work()).listInstances(line, options), options),
    );
  onHost(instance.command('stats'))
    .summary('say what one uses')
    .argument('<name>', nameHelp)
    .action((name: string, options: Options) =>
      invoke(async (line) => (await work()).instanceStats(line, name, options), options),
    );
  onHost(instance.command('logs'))
    .summary('show what one wrote, also after it stopped')
    .argument('<name>', nameHelp)
    .option('--bytes <number>', 'at most this much of each stream, from its end', parseBytes, 65_536)
    .action((name: string, options: Options & { readonly bytes: number }) =>
      invoke(async (line) => (await work()).instanceLogs(line, name, options), options),
    );
  onHost(instance.command('shell'))
    .summary('open a shell in one')
    .argument('<name>', nameHelp)
    .action((name: string, options: Options) =>
      invoke(async (line) => (await work()).instanceShell(line, name, options), options),
    );
  onHost(instance.command('stop'))
    .summary('end one in good order, after ten seconds by force')
    .argument('<name>', nameHelp)
    .action((name: string, options: Options) =>
      invoke(async (line) => (await work()).stopInstance(line, name, options), options),
    );
}

function parseBytes(text: string): number {
  const bytes = Number(text);
  if (!/^\d+$/.test(text) || bytes < 1 || bytes > 4_194_304)
    throw new InvalidArgumentError('Expected 1 to 4194304.');
  return bytes;
}
