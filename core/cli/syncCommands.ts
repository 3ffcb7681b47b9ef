import type { Command } from 'commander';
import { Option } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { Invocation } from './invocation.ts';
import type { SyncOptions } from './syncCommand.ts';

interface Grammar {
  /** `workspace` */
  readonly group: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

/** `workspace sync`: two copies of a workspace, brought to the same state. */
export function syncCommand({ group, invoke, onHost }: Grammar): void {
  onHost(group.command('sync'))
    .summary('bring a workspace and its copy on another host to the same state')
    .description(
      'Compares both with what they were at their last sync, so that deletions do not come back, and sends only what changed. Where both changed the same file, neither is touched until --keep says whose side counts. Private keys, and files that are known to hold passwords or tokens, stay where they are unless --include names them.',
    )
    .argument('<workspace>', 'name or id of a workspace')
    .argument('<other>', 'host of the other copy, or HOST:NAME where it has another name there')
    .addOption(new Option('--push', 'only from here to the other').conflicts('pull'))
    .option('--pull', 'only from the other to here')
    .option(
      '--keep <side-and-paths...>',
      'here or there, then the paths where that side counts; again for more',
      (word: string, before: readonly string[] | undefined) => [...(before ?? []), word],
    )
    .option(
      '--include <path>',
      'send this too, of what would be left out; again for more',
      (word: string, before: readonly string[] | undefined) => [...(before ?? []), word],
    )
    .option('-n, --dry-run', 'only say what would be done')
    .action((workspace: string, other: string, options: SyncOptions) =>
      invoke(
        async (line) => (await import('./syncCommand.ts')).syncWorkspace(line, { workspace, other }, options),
        options,
      ),
    );
}
