import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import { hostIdSchema, taskIdSchema } from '#core/contract/ids.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import type { Host } from '#core/hosts/host.ts';
import { nobody } from '#core/hosts/ssh/asker.ts';
import { createSshConnection } from '#core/hosts/ssh/createSshConnection.ts';
import { openSshHost } from '#core/hosts/ssh/createSshHost.ts';
import type { SshConnection } from '#core/hosts/ssh/sshConnection.ts';
import { resolveActionCommand } from '#core/images/actions.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { createDialect } from '#core/runtime/dialect.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';
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
  there = createTrustFixture({ hostId, host, records: joinPath(folder, hostPathFromText('work')) });
});

afterAll(async () => {
  if (state === undefined) return;
  there?.dispose();
  if (folder !== undefined) await host.files.remove(folder);
  await connection.disconnect();
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
  // The list of images knows it by what a listing of the folder says of the file.
  const listedThere = (await host.files.list(folder)).find(({ name }) => name === 'a b.sif');
  const { modifiedAt, sizeBytes } = listedThere?.facts ?? {};
  expect(await there.trust.verdicts(hostId)).toMatchObject([
    { hostId, path: image, modifiedAt, sizeBytes, verdict: 'valid' },
  ]);
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

test('an image is encrypted there and opened there; its passphrase is in no list of processes', async () => {
  const named = (name: string) => joinPath(folder, hostPathFromText(name));
  await host.files.write(named('plain.sif'), readFileSync(testbed().tiny.sif));
  const secret = "sesame 'open' there";
  await there.trust.definition.run(
    {
      hostId,
      path: named('plain.sif'),
      target: named('secret.sif'),
      overwrite: false,
      with: { type: 'passphrase', passphrase: secret },
    },
    {
      id: taskIdSchema.parse('encrypt-there'),
      signal: never(),
      report: () => undefined,
      log: () => undefined,
      resumeFrom: 0,
      isAdopted: false,
    },
  );
  expect((await host.files.list(folder)).filter(({ name }) => name.startsWith('.encrypting-'))).toEqual([]);
  expect(await host.files.list(named('work'))).toEqual([]);
  expect(await there.trust.encryptionOf(hostId, named('secret.sif'))).toMatchObject({ kind: 'gocryptfs' });
  const runtime = {
    path: hostPathFromText('/usr/bin/apptainer'),
    dialect: createDialect('apptainer', '1.4.5', null),
  };
  const input = {
    hostId,
    path: named('secret.sif'),
    verb: 'exec' as const,
    options: defaultActionOptions,
    args: ['sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/self/environ 2>/dev/null; echo inside'],
    workspace: null,
    opensWith: { type: 'passphrase' as const },
  };
  const openWorkspace = () => Promise.resolve(null);
  const room = { host, runtime, rules: stderrRules, openWorkspace };
  const spec = await resolveActionCommand(room, input, secret);
  const { stdout } = await host.run(spec);
  expect(stdout).toContain('inside');
  expect(stdout).not.toContain('sesame');
  await expect(resolveActionCommand(room, input, 'wrong')).rejects.toMatchObject({
    report: { code: 'image.encrypted', cause: 'The passphrase is wrong.', hostId },
  });
});
