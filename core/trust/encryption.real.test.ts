import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId as hostId, taskIdSchema } from '#core/contract/ids.ts';
import type { EncryptInput } from '#core/contract/trust.ts';
import { createTrustFixture, failsWith, never, type TrustFixture, textOf } from './trust.fixture.ts';

let alice: TrustFixture;

beforeAll(() => {
  alice = createTrustFixture();
});
afterAll(() => alice.dispose());

const encrypt = (input: Partial<EncryptInput> & Pick<EncryptInput, 'path' | 'target' | 'with'>) =>
  alice.trust.definition.run(
    { hostId, overwrite: false, ...input },
    {
      id: taskIdSchema.parse('task-encrypt'),
      signal: never(),
      report: () => undefined,
      log: () => undefined,
      resumeFrom: 0,
      isAdopted: false,
    },
  );
const inside = (image: HostPath, env: Record<string, string>) =>
  execFileSync('apptainer', ['exec', textOf(image), 'echo', 'inside'], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });

test('with a passphrase, which is on no command line; it runs with it', async () => {
  const plain = alice.image('plain.sif');
  const target = hostPathFromText(join(alice.folder, 'secret.sif'));
  expect(await alice.trust.encryptionOf(hostId, plain)).toMatchObject({ kind: 'none' });
  const key = { type: 'passphrase' as const, passphrase: 'sesame open' };
  expect(await encrypt({ path: plain, target, with: key })).toMatchObject({ path: target });
  expect(await alice.trust.encryptionOf(hostId, target)).toMatchObject({
    kind: 'gocryptfs',
    opens: 'passphrase',
    runsHere: { isPossible: true },
  });
  expect(inside(target, { APPTAINER_ENCRYPTION_PASSPHRASE: 'sesame open' })).toBe('inside\n');
  expect(alice.started.join('\n')).not.toContain('sesame');
  expect(readdirSync(alice.folder).filter((name) => name.startsWith('.'))).toEqual([]);
  await expect(encrypt({ path: plain, target, with: key })).rejects.toEqual(failsWith('image.targetExists'));
  const again = hostPathFromText(join(alice.folder, 'again.sif'));
  await expect(encrypt({ path: target, target: again, with: key })).rejects.toEqual(
    failsWith('trust.cannotEncrypt'),
  );
});

test('with a PEM key', async () => {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', [...args], { cwd: alice.folder, stdio: 'ignore' });
  openssl('genrsa', '-traditional', '-out', 'rsa.pem', '2048');
  openssl('rsa', '-in', 'rsa.pem', '-RSAPublicKey_out', '-out', 'rsa.pub');
  const target = hostPathFromText(join(alice.folder, 'pem-secret.sif'));
  const path = alice.image('plain-pem.sif');
  const key = { type: 'pem' as const, path: hostPathFromText(join(alice.folder, 'rsa.pub')) };
  await encrypt({ path, target, with: key });
  expect(await alice.trust.encryptionOf(hostId, target)).toMatchObject({ kind: 'gocryptfs', opens: 'pem' });
  expect(inside(target, { APPTAINER_ENCRYPTION_PEM_PATH: join(alice.folder, 'rsa.pem') })).toBe('inside\n');
  const wrong = { type: 'pem' as const, path: hostPathFromText(join(alice.folder, 'data.txt')) };
  const failing = hostPathFromText(join(alice.folder, 'failing.sif'));
  await expect(encrypt({ path, target: failing, with: wrong })).rejects.toEqual(
    expect.objectContaining({ report: expect.anything() }),
  );
  expect(readdirSync(alice.folder)).not.toContain('failing.sif');
});
