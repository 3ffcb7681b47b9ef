import { createHash } from 'node:crypto';
import { type HostPath, joinPath } from '#core/contract/hostPath.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { type Cut, wordsOfPart } from '#core/runtime/definition/cutDefinition.ts';
import type { BuildMeans } from './buildMeans.ts';
import type { BuildRequest } from './buildRequest.ts';
import type { Needed } from './neededFiles.ts';

/** Digests of bases of registries, by their references. */
export type BaseDigests = ReadonlyMap<string, string>;

/** Keys of the checkpoints of a definition, in their order: 64 hex digits each. */
export interface CheckpointKeys {
  /** Without what registries say: what can be known on this machine. */
  readonly local: readonly string[];
  withBases(digests: BaseDigests): readonly string[];
}

/** More files than this are not looked through each time. */
const mostEntries = 50_000;

/**
 * The keys of what a definition's parts make: each stands for everything above it that decides what it holds. Of files and
 * local bases that is place, size and time. Null where they are too many, or cannot be read.
 */
export async function checkpointKeys(
  request: Pick<BuildRequest, 'definition' | 'options' | 'runtime' | 'architecture'>,
  chain: { readonly text: string; readonly cuts: readonly Cut[]; readonly needed: readonly Needed[] },
  means: Pick<BuildMeans, 'hosts'>,
): Promise<CheckpointKeys | null> {
  const { options, runtime, architecture, definition } = request;
  const files: unknown[] = [];
  for (const { source, role, hostId, paths } of chain.needed) {
    const host = await means.hosts.open(hostId);
    const found: unknown[] = [];
    for (const path of paths) if (!(await look(path, host.files, found))) return null;
    files.push([source, role, hostId, found]);
  }
  const facts = [
    'checkpoint 1',
    runtime.dialect.product,
    runtime.dialect.version,
    runtime.conditions?.fakeroot ?? null,
    architecture,
    options.binds,
    options.nv,
    options.sourceDateEpoch,
    // Relative sources start from it.
    definition.hostId,
    definition.folder,
    files,
  ];
  const words = chain.cuts.map((_, part) => wordsOfPart(chain.text, { cuts: chain.cuts, part }));
  const keysFrom = (bases: unknown): readonly string[] => {
    let above = hashOf([facts, bases]);
    return words.map((text) => {
      above = hashOf([above, text]);
      return above;
    });
  };
  return {
    local: keysFrom(null),
    withBases: (digests) => keysFrom([...digests].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** Notes what is at a path and below, links followed. False for what cannot be told. */
async function look(path: HostPath, files: HostFiles, found: unknown[]): Promise<boolean> {
  if (found.length > mostEntries) return false;
  try {
    const facts = await files.stat(path);
    if (facts === null) return true;
    const { kind, sizeBytes, modifiedAt, mode } = facts;
    found.push(kind === 'file' ? [path, sizeBytes, modifiedAt, mode] : [path, kind, mode]);
    if (kind !== 'folder') return true;
    const names = (await files.list(path)).map(({ name }) => name).toSorted();
    for (const name of names) if (!(await look(joinPath(path, name), files, found))) return false;
    return true;
  } catch {
    return false; // not readable: whether it changed is not known
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
