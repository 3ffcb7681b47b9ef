import { formatBytes } from '#core/contract/quantity.ts';
import type { Tag } from '#core/contract/registries.ts';
import { compareVersions } from '#core/contract/versionOrder.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { formatTime, printable, table } from './printable.ts';
import { listedRegistries, repositoryFromArgument } from './registryArgument.ts';

export interface TagsOptions extends CommonOptions, HostOption {
  readonly sort?: 'version' | 'time';
  readonly limit?: number;
  readonly details?: boolean;
}

/** So many tags are asked for their details at once: the contract's limit. */
const batch = 50;

/** The tags of a repository, the newest version first. */
export async function tags(line: CommandLine, words: string, options: TagsOptions): Promise<number> {
  const client = await openClient(line);
  await hostFromArgument(line, client, options.host);
  const { registryId, repository } = repositoryFromArgument(words, await listedRegistries(client));
  const all: Tag[] = [];
  let note: string | null = null;
  for await (const event of await client.registries.tags({ registryId, repository })) {
    if (event.type === 'tags') all.push(...event.tags);
    else note = event.note;
  }
  const sorted = all.sort(options.sort === 'time' ? byTime : (a, b) => compareVersions(b.name, a.name));
  let shown: readonly Tag[] = sorted.slice(0, options.limit ?? sorted.length);
  if (options.details === true) {
    const detailed: Tag[] = [];
    for (let at = 0; at < shown.length; at += batch) {
      const names = shown.slice(at, at + batch).map(({ name }) => name);
      detailed.push(...(await client.registries.tagFacts({ registryId, repository, tags: names })).tags);
    }
    shown = detailed;
  }
  if (options.json === true) writeJson(line.stdout, { repository, tags: shown, total: all.length, note });
  else {
    line.stdout.write(table([['TAG', 'UPDATED', 'SIZE', 'ARCHITECTURES', 'DIGEST'], ...shown.map(row)]));
    if (shown.length < all.length) line.stderr.write(`${all.length - shown.length} more.\n`);
    if (note !== null) line.stderr.write(`${printable(note)}\n`);
  }
  return exitStatus.done;
}

function byTime(one: Tag, other: Tag): number {
  return (other.updatedAt ?? 0) - (one.updatedAt ?? 0) || compareVersions(other.name, one.name);
}

function row(tag: Tag): string[] {
  return [
    printable(tag.name),
    formatTime(tag.updatedAt),
    tag.sizeBytes === null ? '-' : formatBytes(tag.sizeBytes),
    tag.architectures.map(printable).join(', ') || '-',
    tag.digest ?? '-',
  ];
}
