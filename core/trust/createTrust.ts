import { join } from 'node:path';
import { z } from 'zod';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { verificationSchema } from '#core/contract/trust.ts';
import { createKeys } from './createKeys.ts';
import { checkEncrypt, encryptTask } from './encryptImage.ts';
import { encryptionOf } from './encryption.ts';
import { createRecords } from './records.ts';
import { signSif } from './signImage.ts';
import type { Trust, TrustMeans } from './trust.ts';
import { verifySif } from './verifyImage.ts';

/** A verification with the state of the file that it is about. */
const rememberedSchema = z.object({
  inode: z.string(),
  modifiedAt: z.number(),
  sizeBytes: z.number(),
  verification: verificationSchema,
});

const mostVerdicts = 10_000;

export function createTrust(means: TrustMeans): Trust {
  const keys = createKeys(means);
  const verdicts = createRecords(join(means.stateFolder, 'trust', 'verdicts'), rememberedSchema);
  const nameOf = (hostId: HostId, path: HostPath) => `${hostId} ${path}`;
  const roomOf = async (hostId: HostId) => {
    const [host, runtime] = await Promise.all([means.openHost(hostId), means.runtime(hostId)]);
    return { host, runtime };
  };
  return {
    keys,
    async sign(input, signal) {
      const room = await roomOf(input.hostId);
      await signSif({ ...room, keys: (await keys.list(input.hostId)).keys }, input, signal);
    },
    async verify(input, signal) {
      const { hostId, path } = input;
      const room = { ...(await roomOf(hostId)), keyserver: means.keyserver() };
      const known = (await keys.list(hostId)).keys;
      const { sif, verification } = await verifySif({ ...room, keys: known }, input, signal);
      const { inode, modifiedAt, sizeBytes } = sif.facts;
      await verdicts.put(nameOf(hostId, path), { inode, modifiedAt, sizeBytes, verification });
      return verification;
    },
    async known(hostId, paths) {
      const remembered = await Promise.all(paths.map((path) => verdicts.get(nameOf(hostId, path))));
      const candidates = remembered.filter((one) => one !== null);
      if (candidates.length === 0) return [];
      const { files } = await means.openHost(hostId);
      const current = await Promise.all(
        candidates.map(async (one) => {
          const facts = await files.stat(one.verification.path);
          const isSame =
            facts?.inode === one.inode &&
            facts.modifiedAt === one.modifiedAt &&
            facts.sizeBytes === one.sizeBytes;
          return isSame ? [one.verification] : [];
        }),
      );
      return current.flat();
    },
    async verdicts(hostId) {
      const remembered = await verdicts.newest(mostVerdicts);
      return remembered
        .filter(({ verification }) => verification.hostId === hostId)
        .map(({ modifiedAt, sizeBytes, verification }) => ({
          hostId,
          path: verification.path,
          modifiedAt,
          sizeBytes,
          verdict: verification.verdict,
          signers: verification.signatures.flatMap(({ state, userId }) =>
            state === 'valid' && userId !== null ? [userId] : [],
          ),
          verifiedAt: verification.verifiedAt,
        }));
    },
    async encryptionOf(hostId, path) {
      return await encryptionOf(await means.openHost(hostId), path, async () => {
        const [runtime, isRoot] = await Promise.all([means.runtime(hostId), means.isRoot(hostId)]);
        return { runtime, isRoot };
      });
    },
    checkEncrypt: async (input) => {
      await checkEncrypt(means, input);
    },
    definition: encryptTask(means),
  };
}
