import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '#core/version.ts';
import type { ActionCommandOptions } from './actionCommand.ts';
import { buildCommands } from './buildCommands.ts';
import type { CleanOptions } from './cleanCommand.ts';
import type { CommonOptions } from './commandLine.ts';
import { compareCommands } from './compareCommands.ts';
import { definitionCommands } from './definitionCommands.ts';
import { exitStatusHelp } from './exitStatus.ts';
import type { HostOption } from './hostArgument.ts';
import { instanceCommands } from './instanceCommands.ts';
import type { Invocation } from './invocation.ts';
import { overlayCommands } from './overlayCommands.ts';
import type { PublishOptions } from './publishCommand.ts';
import { compressions, type PullOptions, routes } from './pullOptions.ts';
import type { PushOptions } from './pushCommand.ts';
import { registryCommands } from './registryCommands.ts';
import { append, withRunOptions } from './runOptions.ts';
import { sandboxCommands } from './sandboxCommands.ts';
import type { ServeCommandOptions } from './serveCommand.ts';
import { trustCommands } from './trustCommands.ts';
import { workspaceCommands } from './workspaceCommands.ts';

/**
 * The grammar of the command line. `invoke` is called with the command that the words name; each loads its own code
 * only then, so that `--help` is quick.
 */
export function createProgram(invoke: (run: Invocation, options: CommonOptions) => Promise<void>): Command {
  const program = new Command('mysingularity')
    .description(
      'Pull, send, look into and run Apptainer and Singularity images, here and on hosts reached by ssh; or serve the workbench to a browser.',
    )
    .version(version)
    .enablePositionalOptions()
    .addHelpText('after', exitStatusHelp);

  onHost(program.command('pull'))
    .summary('fetch an image')
    .description(
      'Fetches an image: docker://…, oras://…, library://…, shub://…, s3://…, http(s)://….sif, or a local .sif file. Its path goes to standard output.',
    )
    .argument('<reference>', 'what to fetch, such as docker://alpine:3.20')
    .argument('[target]', 'file or folder to put it in; the first image folder of the settings by default')
    .option('--http', 'plain http for a registry that is not on this machine')
    .option('--sandbox', 'make a folder that can be changed, with no SIF between')
    .option('-f, --force', 'replace an existing target')
    .option('--arch <name>', 'processor architecture, such as amd64 or arm64; the host’s own by default')
    .addOption(new Option('--compression <name>', 'how the SIF is packed').choices(compressions))
    .addOption(
      new Option(
        '--route <name>',
        'how it gets to another host: host (its own runtime pulls), send (fetched here, then sent)',
      ).choices(routes),
    )
    .option('--user <name>', 'user name at the registry; the password comes with --password-stdin')
    .option('--password-stdin', 'read the password from standard input')
    .action((reference: string, target: string | undefined, options: PullOptions) =>
      invoke(
        async (line) => (await import('./pullCommand.ts')).pull(line, { reference, target }, options),
        options,
      ),
    );

  onHost(program.command('push'))
    .summary('send images to a host, or a SIF to a registry')
    .description(
      'Sends images of this machine to a host reached by ssh: an interrupted push goes on where it stopped; the same image is not sent twice; of a rebuilt one (--overwrite) only what is new is sent, where both ends have rsync. Or pushes a SIF (of --host) to a registry as an ORAS artifact: oras://host/name:tag.',
    )
    .usage(
      '[options] <image...> <host[:path]>\n       mysingularity push [options] <image> oras://<host>/<name>:<tag>',
    )
    .argument(
      '<image...>',
      `${imageHelp}; then the host, with a folder or name there (its image folder by default), or the reference`,
    )
    .option('--overwrite', 'replace an image that has the name or tag')
    .option('--http', 'plain http for a registry that is not on this machine')
    .option(
      '--annotation <name=value>',
      'a text of the artifact, such as org.opencontainers.image.title=…; repeatable',
      append,
    )
    .option('--user <name>', 'user name at the registry; the password comes with --password-stdin')
    .option('--password-stdin', 'read the password from standard input')
    .option('-n, --dry-run', 'only say what a push to a registry would do')
    .action((words: string[], options: PushOptions & PublishOptions) =>
      invoke(async (line) => {
        const [image = '', reference = '', ...others] = words;
        if (others.length === 0 && reference.startsWith('oras://'))
          return (await import('./publishCommand.ts')).publish(line, { image, reference }, options);
        return (await import('./pushCommand.ts')).push(line, words, options);
      }, options),
    );

  onHost(program.command('list'))
    .summary('list the images of the library')
    .description('Lists the images in the folders of the library.')
    .action((options: CommonOptions & HostOption) =>
      invoke(async (line) => (await import('./listCommand.ts')).list(line, options), options),
    );

  onHost(program.command('inspect'))
    .summary('say what is in an image, without running it')
    .description('Reads metadata from the bytes of an image. Nothing of the image is run.')
    .argument('<file>', imageHelp)
    .action((file: string, options: CommonOptions & HostOption) =>
      invoke(async (line) => (await import('./inspectCommand.ts')).inspect(line, file, options), options),
    );

  registryCommands({ program, invoke, common, onHost });
  trustCommands({ program, invoke, onHost });
  buildCommands({ program, invoke, common, onHost });
  compareCommands({ program, invoke, common });
  sandboxCommands({ program, invoke, onHost });
  definitionCommands({ program, invoke, onHost });
  workspaceCommands({ program, invoke, onHost });
  instanceCommands({ program, invoke, onHost });
  overlayCommands({ program, invoke, onHost });
  actions(program, invoke);

  common(program.command('clean'))
    .summary('remove stored layers')
    .description('Shows which stored layers would be removed; with --yes removes them. Images stay.')
    .option('--dry-run', 'only show; this is the default')
    .addOption(new Option('-y, --yes', 'remove them').conflicts('dryRun'))
    .addOption(
      new Option('--keep-days <days>', 'keep what was used within so many days')
        .argParser(parseDays)
        .default(0),
    )
    .action((options: CleanOptions) =>
      invoke(async (line) => (await import('./cleanCommand.ts')).clean(line, options), options),
    );

  onHost(program.command('doctor'))
    .summary('say what works on this machine or another host, and why')
    .description('Looks at this machine or another host: what works, what does not, why, and what mends it.')
    .action((options: CommonOptions & HostOption) =>
      invoke(async (line) => (await import('./doctorCommand.ts')).doctor(line, options), options),
    );

  common(program.command('serve'))
    .summary('serve the workbench to a browser')
    .description(
      'Serves the workbench on 127.0.0.1 or a unix socket until it is interrupted. SIGUSR2 prints another address.',
    )
    .option('--print-url', 'print one address that opens the workbench once, and nothing else')
    .option(
      '--port <number>',
      'port; a free one by default (with --socket: the port of your tunnel)',
      parsePort,
    )
    .option('--socket <path>', 'listen on a unix socket that only you can open, for ssh -L PORT:SOCKET')
    .action((options: ServeCommandOptions) =>
      invoke(async (line) => (await import('./serveCommand.ts')).serve(line, options), options),
    );
  return program;
}

const imageHelp = 'path of an image, or its name in the library';

function actions(program: Command, invoke: Parameters<typeof createProgram>[0]): void {
  actionCommand(program, 'shell')
    .summary('open a shell in an image')
    .description('Opens an interactive shell in an image.')
    .argument('<image>', imageHelp)
    .action((image: string, options: ActionCommandOptions) =>
      invoke(async (line) => {
        const { runAction } = await import('./actionCommand.ts');
        return runAction(line, { verb: 'shell', image, args: [] }, options);
      }, options),
    );
  actionCommand(program, 'exec')
    .summary('run a program in an image')
    .description('Runs a program in an image. What follows the image goes to the program unchanged.')
    .argument('<image>', imageHelp)
    .argument('<command...>', 'program and its arguments')
    .action((image: string, args: string[], options: ActionCommandOptions) =>
      invoke(async (line) => {
        const { runAction } = await import('./actionCommand.ts');
        return runAction(line, { verb: 'exec', image, args }, options);
      }, options),
    );
  actionCommand(program, 'run')
    .summary('run the runscript of an image')
    .description('Runs the runscript of an image. What follows the image goes to the runscript unchanged.')
    .argument('<image>', imageHelp)
    .argument('[args...]', 'arguments of the runscript')
    .action((image: string, args: string[], options: ActionCommandOptions) =>
      invoke(async (line) => {
        const { runAction } = await import('./actionCommand.ts');
        return runAction(line, { verb: 'run', image, args }, options);
      }, options),
    );
}

function actionCommand(program: Command, name: string): Command {
  return withRunOptions(onHost(program.command(name)).passThroughOptions())
    .option(
      '--pem <file>',
      'the PEM private key that opens an encrypted image; a passphrase is asked for on the terminal',
    )
    .option('--passphrase-stdin', 'read the passphrase of an encrypted image from standard input')
    .option('-n, --dry-run', 'only show the command and what would enter');
}

function common(command: Command): Command {
  return command
    .option('--json', 'write JSON for programs')
    .option('-v, --verbose', 'show the evidence of a failure')
    .addHelpText('after', '\nExit statuses: mysingularity --help');
}

function onHost(command: Command): Command {
  return common(command).option(
    '--host <name>',
    'work on another host: a name of the workbench or of your ssh configuration',
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected 0 to 65535.');
  return port;
}

function parseDays(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Expected a number of days.');
  return Number(text);
}
