import type { ErrorReport } from '#core/contract/errors.ts';
import type { RegistryId } from '#core/contract/ids.ts';
import type { Client } from '#core/contract/index.ts';
import type { Repository } from '#core/contract/registries.ts';
import { abilitiesOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus, exitStatusOf } from './exitStatus.ts';
import { failureText, reportOfFailure, UsageError } from './failure.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { printable, table } from './printable.ts';
import { listedRegistries, registryFromArgument } from './registryArgument.ts';

export interface SearchOptions extends CommonOptions, HostOption {
  readonly registry?: readonly string[];
  readonly limit?: number;
}

const defaultLimit = 50;

interface Asked {
  readonly id: RegistryId;
  readonly label: string;
}

interface Found extends Asked {
  readonly repositories: readonly Repository[];
  readonly error: ErrorReport | null;
}

/**
 * Repositories that match a term, in the named registries, or in all of the list that can be searched. A registry that
 * fails is told beside what the others found; the status is a failure only when all did.
 */
export async function search(line: CommandLine, term: string, options: SearchOptions): Promise<number> {
  const client = await openClient(line);
  await hostFromArgument(line, client, options.host);
  const asked = askedRegistries(await listedRegistries(client), options.registry);
  const limit = options.limit ?? defaultLimit;
  const found = await Promise.all(asked.map((one) => searchOne(client, one, term, limit)));
  if (options.json === true) writeJson(line.stdout, { registries: found });
  else {
    for (const { label, error } of found)
      if (error !== null)
        line.stderr.write(`${printable(label)}: ${failureText(error, options.verbose === true)}\n`);
    line.stdout.write(foundText(found));
  }
  const [failure] = found.map(({ error }) => error).filter((error) => error !== null);
  return failure !== undefined && found.every(({ error }) => error !== null)
    ? exitStatusOf(failure.code)
    : exitStatus.done;
}

function askedRegistries(
  list: readonly RegistrySettings[],
  names: readonly string[] | undefined,
): readonly Asked[] {
  if (names !== undefined)
    return names.map((name) => {
      const id = registryFromArgument(name, list);
      return { id, label: list.find((registry) => registry.id === id)?.label ?? name };
    });
  const able = list.filter(({ kind }) => abilitiesOf(kind).searches);
  if (able.length === 0)
    throw new UsageError('no registry of the list can be searched; name one with --registry');
  return able.map(({ id, label }) => ({ id, label }));
}

async function searchOne(client: Client, asked: Asked, term: string, limit: number): Promise<Found> {
  const repositories: Repository[] = [];
  try {
    const events = await client.registries.repositories({ registryId: asked.id, term, path: null });
    for await (const event of events) {
      if (event.type === 'repositories') repositories.push(...event.repositories);
      if (repositories.length >= limit) break;
    }
    return { ...asked, repositories: repositories.slice(0, limit), error: null };
  } catch (thrown) {
    return { ...asked, repositories, error: reportOfFailure(thrown) };
  }
}

function foundText(found: readonly Found[]): string {
  const rows = found.flatMap(({ label, repositories }) =>
    repositories.map((repository) => [
      printable(label),
      printable(repository.name),
      repository.stars === null ? '-' : String(repository.stars),
      printable((repository.description ?? '').slice(0, 80)),
    ]),
  );
  return rows.length === 0
    ? 'Nothing found.\n'
    : table([['REGISTRY', 'NAME', 'STARS', 'DESCRIPTION'], ...rows]);
}
