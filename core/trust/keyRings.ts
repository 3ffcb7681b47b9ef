import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { keyFolderCommand } from '#core/runtime/trustCommands.ts';
import { type KeyFacts, keyFacts } from './keyFacts.ts';
import { type KeyBlock, splitKeyRing } from './keyPackets.ts';

/** A key of a ring with its bytes there. */
export interface RingKey extends KeyFacts {
  readonly block: KeyBlock;
}

export type RingName = 'pgp-public' | 'pgp-secret';

const largestRing = 16 * 1024 * 1024;

/** Where the runtime of a host keeps the person's key rings. */
export async function keyFolder(host: Host, runtime: Runtime): Promise<HostPath> {
  const { stdout } = await host.run(keyFolderCommand(runtime.dialect), { isQuiet: true });
  if (!stdout.startsWith('/'))
    throw workbenchError('host.pathMissing', { path: stdout || '~' }, { hostId: host.id });
  return hostPathFromText(stdout);
}

/** The administrator's ring, for everybody on the host. Source: `key --help`, "global keyring". */
export function globalRing({ dialect }: Runtime): HostPath {
  return hostPathFromText(`/etc/${dialect.programName}/global-pgp-public`);
}

/** The keys of a ring in its order; none where there is no ring. Fails with trust.ringDamaged. */
export async function readRing(host: Host, path: HostPath): Promise<readonly RingKey[]> {
  const now = Date.now();
  return await Promise.all(
    (await readBlocks(host, path)).map(async (block) => ({ ...(await keyFacts(block, now)), block })),
  );
}

async function readBlocks(host: Host, path: HostPath): Promise<readonly KeyBlock[]> {
  const facts = await host.files.stat(path);
  if (facts === null || facts.sizeBytes === 0) return [];
  const blocks =
    facts.sizeBytes > largestRing
      ? 'It is far larger than any key ring'
      : splitKeyRing(await host.files.read(path, 0, facts.sizeBytes));
  if (typeof blocks === 'string')
    throw workbenchError('trust.ringDamaged', { path, reason: blocks }, { hostId: host.id });
  return blocks;
}

/**
 * Takes one key out of a ring and leaves the bytes of all others as they are. Not left to the runtime: `key remove
 * --secret` of Apptainer 1.4.5 writes the others back without their private halves, which are then lost.
 */
export async function removeFromRing(host: Host, path: HostPath, fingerprint: string): Promise<boolean> {
  const keys = await readRing(host, path);
  const kept = keys.filter((key) => key.fingerprint !== fingerprint);
  if (kept.length === keys.length) return false;
  await host.files.write(path, Buffer.concat(kept.map(({ block }) => block.bytes)), 0o600);
  return true;
}

/** Public and private ring together: one row a key. */
export function joinRings(
  publicKeys: readonly RingKey[],
  privateKeys: readonly RingKey[],
  ring: TrustKey['ring'],
): readonly Omit<TrustKey, 'origin'>[] {
  const privates = new Map(privateKeys.map((key) => [key.fingerprint, key]));
  const rows = publicKeys.map((key) => {
    const { block, ...facts } = key;
    const half = key.fingerprint === '' ? undefined : privates.get(key.fingerprint);
    return { ...facts, ring, privateHalf: half?.privateHalf ?? ('none' as const), hasPublicHalf: true };
  });
  const publics = new Set(publicKeys.map(({ fingerprint }) => fingerprint));
  const alone = privateKeys
    .filter(({ fingerprint }) => fingerprint === '' || !publics.has(fingerprint))
    .map(({ block, ...facts }) => ({ ...facts, ring, hasPublicHalf: !block.isPrivate }));
  return [...rows, ...alone];
}

export const ringPath = (folder: HostPath, name: RingName) => joinPath(folder, hostPathFromText(name));
