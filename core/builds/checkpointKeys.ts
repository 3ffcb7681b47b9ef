import { createHash } from 'node:crypto';
import { type HostPath, joinPath } from '#core/contract/hostPath.ts';
import type { FileFacts, HostFiles } from '#core/hosts/host.ts';
import { isLineFailure } from '#core/hosts/lineFailure.ts';
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

/** Notes what is at a path and below, links followed. False for what cannot be told. Fails with what a host's line fails with. */
async function look(path: HostPath, files: HostFiles, found: unknown[]): Promise<boolean> {
  async function walk(at: HostPath, { kind, sizeBytes, modifiedAt, mode }: FileFacts): Promise<boolean> {
    if (found.length > mostEntries) return false;
    found.push(kind === 'file' ? [at, sizeBytes, modifiedAt, mode] : [at, kind, mode]);
    if (kind !== 'folder') return true;
    // One question for a folder: over ssh one for each file would take minutes.
    const inside = (await files.list(at)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    for (const { name, facts } of inside) if (!(await walk(joinPath(at, name), facts))) return false;
    return true;
  }

  try {
    const facts = await files.stat(path);
    return facts === null || (await walk(path, facts));
  } catch (thrown) {
    if (isLineFailure(thrown)) throw thrown;
    return false; // not readable: whether it changed is not known
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
