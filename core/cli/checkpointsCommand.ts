import type { KeptCheckpoint } from '#core/contract/builds.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { formatTime, printable, table } from './printable.ts';

export interface CheckpointsCommandOptions extends CommonOptions, HostOption {
  readonly remove?: readonly string[];
  readonly olderThan?: number;
  readonly keep?: number;
}

/** Lists kept checkpoints, or removes some. */
export async function checkpoints(line: CommandLine, options: CheckpointsCommandOptions): Promise<number> {
  const client = await openClient(line);
  const { id: hostId } = await hostFromArgument(line, client, options.host);
  const { checkpoints: kept } = await client.builds.checkpoints({ hostId });
  const { remove, olderThan, keep } = options;
  const isRemoval = remove !== undefined || olderThan !== undefined || keep !== undefined;
  if (isRemoval) {
    const { removed } = await client.builds.removeCheckpoints({
      hostId,
      keys: (remove ?? []).map((word) => keyOf(word, kept)),
      olderThanDays: olderThan ?? null,
      keepBytes: keep ?? null,
    });
    if (options.json === true) writeJson(line.stdout, { removed });
    else line.stdout.write(`Removed ${amountOf(removed)}.\n`);
    return exitStatus.done;
  }
  if (options.json === true) writeJson(line.stdout, { checkpoints: kept });
  else if (kept.length === 0) line.stdout.write('No checkpoints are kept.\n');
  else {
    const rows = kept.map(({ key, name, definitionName, sizeBytes, lastUsedAt }) => [
      key.slice(0, 12),
      name,
      definitionName,
      formatBytes(sizeBytes),
      formatTime(lastUsedAt),
    ]);
    line.stdout.write(
      table([
        ['KEY', 'CHECKPOINT', 'DEFINITION', 'SIZE', 'LAST USED'],
        ...rows.map((row) => row.map(printable)),
      ]),
    );
    line.stdout.write(`${amountOf(kept)}.\n`);
  }
  return exitStatus.done;
}

function amountOf(some: readonly KeptCheckpoint[]): string {
  const bytes = some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${some.length} checkpoint${some.length === 1 ? '' : 's'}, ${formatBytes(bytes)}`;
}

function keyOf(word: string, kept: readonly KeptCheckpoint[]): string {
  const found = kept.filter(({ key }) => key.startsWith(word));
  const [only] = found;
  if (only === undefined || word === '') throw new UsageError(`There is no checkpoint ${printable(word)}`);
  if (found.length > 1) throw new UsageError(`${printable(word)} begins more than one key`);
  return only.key;
}
