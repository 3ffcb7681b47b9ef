import type { Command } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import { handoverCommands } from './handoverCommands.ts';
import type { HostOption } from './hostArgument.ts';
import type { Invocation } from './invocation.ts';
import { setUpCommand } from './setUpCommands.ts';
import { syncCommand } from './syncCommands.ts';
import type {
  CreateOptions,
  DeleteOptions,
  DescribeOptions,
  ForceOption,
  NoteOption,
} from './workspaceCommand.ts';

interface Grammar {
  readonly program: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

type Options = CommonOptions & HostOption;
const nameHelp = 'name or id of a workspace';

/** Workspaces: the directory that every container sees as /home/mysingularity. Answers with the group. */
export function workspaceCommands({ program, invoke, onHost }: Grammar): Command {
  const group = program
    .command('workspace')
    .summary('keep built software under /home/mysingularity: make, copy, snapshot and remove workspaces')
    .description(
      'A workspace is a directory of yours on a host that every container started with it sees as /home/mysingularity, on every machine.',
    );
  const load = () => import('./workspaceCommand.ts');

  onHost(group.command('create'))
    .summary('make a workspace, empty or from a folder')
    .description('Makes a workspace. Its folder goes to standard output.')
    .argument('<name>', 'letters, digits, dot, underscore and dash')
    .option('--from <folder>', 'begin with a copy of this folder of the host')
    .option('--image <image>', 'the image that it is meant for: a path of the host, or a name in its library')
    .option('--parent <folder>', 'make it in this folder; the host’s folder of workspaces by default')
    .option('--description <text>', 'what it is for', '')
    .action((name: string, options: CreateOptions) =>
      invoke(async (line) => (await load()).createWorkspace(line, name, options), options),
    );

  onHost(group.command('list', { isDefault: true }))
    .summary('list the workspaces of a host')
    .action((options: Options) =>
      invoke(async (line) => (await load()).listWorkspaces(line, options), options),
    );

  onHost(group.command('show'))
    .summary('say everything of a workspace')
    .argument('<workspace>', nameHelp)
    .action((name: string, options: Options) =>
      invoke(async (line) => (await load()).showWorkspace(line, name, options), options),
    );

  onHost(group.command('fork'))
    .summary('make a workspace that begins as another one is')
    .argument('<workspace>', nameHelp)
    .argument('<name>', 'name of the new one')
    .option('--description <text>', 'what it is for')
    .action((name: string, fork: string, options: Options & { readonly description?: string }) =>
      invoke(async (line) => (await load()).forkWorkspace(line, { name, fork }, options), options),
    );

  onHost(group.command('describe'))
    .summary('give a workspace another name or description')
    .argument('<workspace>', nameHelp)
    .option('--name <name>', 'its new name; the folder keeps its own')
    .option('--description <text>', 'what it is for')
    .action((name: string, options: DescribeOptions) =>
      invoke(async (line) => (await load()).describeWorkspace(line, name, options), options),
    );

  onHost(group.command('measure'))
    .summary('count size, files and software anew')
    .argument('<workspace>', nameHelp)
    .action((name: string, options: Options) =>
      invoke(async (line) => (await load()).measureWorkspace(line, name, options), options),
    );

  onHost(group.command('snapshot'))
    .summary('keep a workspace as it is now')
    .description('Copies the tree of a workspace beside it. The id of the snapshot goes to standard output.')
    .argument('<workspace>', nameHelp)
    .option('--note <text>', 'why, for the list', '')
    .action((name: string, options: NoteOption) =>
      invoke(async (line) => (await load()).snapshotWorkspace(line, name, options), options),
    );

  onHost(group.command('snapshots'))
    .summary('list the snapshots of a workspace')
    .argument('<workspace>', nameHelp)
    .action((name: string, options: Options) =>
      invoke(async (line) => (await load()).listSnapshots(line, name, options), options),
    );

  onHost(group.command('restore'))
    .summary('go back to a snapshot')
    .description(
      'The tree becomes what it was at the snapshot; what was there before becomes a snapshot itself.',
    )
    .argument('<workspace>', nameHelp)
    .argument('<snapshot>', 'id of the list')
    .option('-f, --force', 'also where somebody has it open')
    .action((name: string, snapshot: string, options: ForceOption) =>
      invoke(async (line) => (await load()).restoreWorkspace(line, { name, snapshot }, options), options),
    );

  onHost(group.command('delete'))
    .summary('remove a workspace, or one of its snapshots')
    .description('Removes a workspace with everything in it. Asks first.')
    .argument('<workspace>', nameHelp)
    .option('--snapshot <id>', 'only this snapshot')
    .option('-f, --force', 'also where somebody has it open')
    .option('-y, --yes', 'do not ask')
    .action((name: string, options: DeleteOptions) =>
      invoke(async (line) => (await load()).deleteWorkspace(line, name, options), options),
    );
  handoverCommands({ group, invoke, onHost });
  syncCommand({ group, invoke, onHost });
  setUpCommand({ group, invoke, onHost });
  return group;
}
