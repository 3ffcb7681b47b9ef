import { formatBytes } from '#core/contract/quantity.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { formatTime, table } from './printable.ts';

export interface CleanOptions extends CommonOptions {
  readonly yes?: boolean;
  readonly keepDays?: number;
}

/** Says which stored layers would go; with `--yes` they go. Images stay. */
export async function clean(line: CommandLine, options: CleanOptions): Promise<number> {
  const client = await openClient(line);
  const plan = await client.cache.clean({ isDryRun: options.yes !== true, keepDays: options.keepDays ?? 0 });
  if (options.json === true) {
    writeJson(line.stdout, plan);
    return exitStatus.done;
  }
  const rows = plan.entries.map((entry) => [
    entry.digest,
    formatBytes(entry.sizeBytes),
    formatTime(entry.lastUsedAt),
    entry.isPartial ? 'half-fetched' : '',
  ]);
  if (rows.length > 0) line.stdout.write(table([['LAYER', 'SIZE', 'LAST USED', ''], ...rows]));
  const amount = `${plan.entries.length} layers, ${formatBytes(plan.freesBytes)}`;
  line.stdout.write(
    plan.isDone ? `Removed ${amount}.\n` : `Would remove ${amount}. Images stay. To do it: add --yes.\n`,
  );
  return exitStatus.done;
}
