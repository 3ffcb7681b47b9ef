import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema } from '#core/contract/ids.ts';
import type { Host } from '#core/hosts/host.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { testbed, whyMissing } from '#e2e/testbed/testbed.ts';
import { createTrustFixture, never, type TrustFixture } from './trust.fixture.ts';

const hostId = hostIdSchema.parse('cluster');
const passphrase = 'only for the test';
const observer = { started: () => ({ ended: () => undefined }) };

let state: string;
let connection: SshConnection;
let host: Host;
/** On the host, with the key rings in it: others use the account, too. */
let folder: HostPath;
let there: TrustFixture;

beforeEach((context) => {
  const reason = whyMissing('ssh', 'apptainer', 'tiny');
  if (reason !== null) context.skip(reason);
});

beforeAll(async () => {
  if (whyMissing('ssh', 'apptainer', 'tiny') !== null) return;
  state = mkdtempSync(join(tmpdir(), 'tru-'));
  const configFile = join(state, 'ssh_config');
  copyFileSync(testbed().ssh.config, configFile);
  connection = createSshConnection({
    hostId,
    label: 'cluster',
    destination: 'cluster',
    port: null,
    sharesConnection: true,
    configFile,
    runtimeFolder: state,
    asker: nobody,
    onChange: () => undefined,
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
  });
  let initLines = '';
  host = await openSshHost({
    id: hostId,
    label: 'cluster',
    connection,
    observer,
    initLines: () => initLines,
  });
  folder = await host.files.makeTemporaryFolder(host.homeFolder, 'trust-test-');
  initLines = `export APPTAINER_KEYSDIR='${folder}/keys'`;
  there = createTrustFixture({ hostId, host });
});

afterAll(async () => {
  if (state === undefined) return;
  await host.files.remove(folder);
  await connection.disconnect();
  there.dispose();
  rmSync(state, { recursive: true, force: true });
});

test('keys are made, listed and used on a host that is reached by ssh', async () => {
  const fingerprint = await there.trust.keys.create(
    { hostId, name: 'Åse', email: 'ase@example.org', comment: '', passphrase, bits: 2048 },
    never(),
  );
  const listed = await there.trust.keys.list(hostId);
  expect(listed.folder).toBe(joinPath(folder, hostPathFromText('keys')));
  expect(listed.keys).toMatchObject([
    {
      fingerprint,
      userIds: [expect.stringContaining('Åse')],
      privateHalf: 'protected',
      origin: { how: 'created' },
    },
  ]);
  const image = joinPath(folder, hostPathFromText('a b.sif'));
  await host.files.write(image, readFileSync(testbed().tiny.sif));
  await expect(there.sign(image, fingerprint, 'wrong')).rejects.toMatchObject({
    report: { code: 'trust.wrongPassphrase', hostId },
  });
  await there.sign(image, fingerprint, passphrase);
  const answer = await there.verify(image);
  expect(answer).toMatchObject({ verdict: 'valid', signatures: [{ fingerprint, covers: [{}, {}, {}] }] });
  expect(await there.trust.known(hostId, [image])).toEqual([answer]);
  expect(await there.trust.encryptionOf(hostId, image)).toMatchObject({ kind: 'none' });
  await there.trust.keys.remove({ hostId, fingerprint }, 'both');
  expect((await there.trust.keys.list(hostId)).keys).toEqual([]);
  expect(await there.verify(image)).toMatchObject({ verdict: 'unknownKey' });
});

test('nobody on the host sees a passphrase in the list of processes', async () => {
  const stop = new AbortController();
  let processes = '';
  const watch = host.run(
    commandSpec(
      '/bin/sh',
      ['-c', 'while :; do cat /proc/[0-9]*/cmdline /proc/self/cmdline; echo; done 2>/dev/null'],
      {
        purpose: 'Watch the processes',
      },
    ),
    {
      signal: stop.signal,
      onLine: (line) => {
        processes = `${processes}${line}\n`.slice(-64 * 1024 * 1024);
      },
    },
  );
  const secret = 'unseen by everybody';
  const fingerprint = await there.trust.keys.create(
    { hostId, name: 'Unseen', email: 'u@example.org', comment: '', passphrase: secret, bits: 2048 },
    never(),
  );
  stop.abort(new Error('seen enough'));
  await expect(watch).rejects.toThrow('seen enough');
  expect(processes).toContain('newpair');
  expect(processes).not.toContain(secret);
  await there.trust.keys.remove({ hostId, fingerprint }, 'both');
});
