import type { Command } from 'commander';
import { Option } from 'commander';
import type { CommonOptions } from './commandLine.ts';
import type { AdoptOptions, EmbedOptions, PackOptions } from './handoverCommand.ts';
import type { HostOption } from './hostArgument.ts';
import type { Invocation } from './invocation.ts';

interface Grammar {
  /** `workspace` */
  readonly group: Command;
  readonly invoke: (run: Invocation, options: CommonOptions) => Promise<void>;
  readonly onHost: (command: Command) => Command;
}

const nameHelp = 'name or id of a workspace';

/** Workspaces handed from person to person: `workspace pack`, `adopt`, `unpack`, `embed`. */
export function handoverCommands({ group, invoke, onHost }: Grammar): void {
  const load = () => import('./handoverCommand.ts');
  const packing = (command: Command) =>
    onHost(command)
      .option('--include <path>', 'pack this too, of what would be left out; again for more', gather)
      .option('-f, --overwrite', 'replace what is there')
      .option('--dry-run', 'only say what would be done, and what will not travel');

  packing(group.command('pack'))
    .summary('pack a workspace into one file, for anybody')
    .description(
      'Packs the tree of a workspace and what is known of it into one SIF without owners and extended attributes. Secrets, sockets and files of others are left out unless --include names them. Its path goes to standard output.',
    )
    .argument('<workspace>', nameHelp)
    .argument('[out]', 'file or folder; by default NAME.sif in the folder of images')
    .addOption(
      new Option('--compression <kind>', 'zstd is read by Linux 4.14 and later').choices(['zstd', 'gzip']),
    )
    .action((workspace: string, out: string | undefined, options: PackOptions) =>
      invoke(async (line) => (await load()).packWorkspace(line, { workspace, out }, options), options),
    );

  onHost(group.command('adopt'))
    .summary('make a packed workspace one’s own')
    .description(
      'Makes a workspace from a packed file, from an image with an embedded one, or from a workspace of another host. Everything in it belongs to you. Its folder goes to standard output.',
    )
    .argument('<source>', 'path of a file, or name of a workspace on the host of --from')
    .requiredOption('--name <name>', 'name of the new workspace')
    .option('--from <host>', 'where the source is; this machine by default')
    .option('--over', 'keep it packed: the packed file below, own writes above')
    .option('--unpacked', 'as plain files')
    .option('--parent <folder>', 'make it in this folder; the host’s folder of workspaces by default')
    .option('--dry-run', 'only say what would be done')
    .action((source: string, options: AdoptOptions) =>
      invoke(async (line) => (await load()).adoptWorkspace(line, source, options), options),
    );

  onHost(group.command('unpack'))
    .summary('put plain files in the place of a workspace’s packed file')
    .description(
      'Unpacks what a workspace was adopted over, so that it is read faster. Own changes stay as they are, and what runs in it goes on. The folder of the files goes to standard output.',
    )
    .argument('<workspace>', nameHelp)
    .action((name: string, options: CommonOptions & HostOption) =>
      invoke(async (line) => (await load()).unpackWorkspace(line, name, options), options),
    );

  packing(group.command('embed'))
    .summary('put a workspace into a copy of an image')
    .description(
      'Everybody who runs the copy sees the workspace at /home/mysingularity, read-only, with HOME set, without a workbench. The image itself stays as it is. The path of the copy goes to standard output.',
    )
    .argument('<workspace>', nameHelp)
    .argument('<image>', 'a path of the host, or a name in its library')
    .argument('<out>', 'file or folder of the copy')
    .action((workspace: string, image: string, out: string, options: EmbedOptions) =>
      invoke(
        async (line) => (await load()).embedWorkspace(line, { workspace, image, out }, options),
        options,
      ),
    );
}

function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
