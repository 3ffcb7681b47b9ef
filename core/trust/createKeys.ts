import { join } from 'node:path';
import { type HostPath, hostPathFromText, joinPath } from '#core/contract/hostPath.ts';
import type { HostId } from '#core/contract/ids.ts';
import { type KeyOrigin, keyOriginSchema, type NewKey, type TrustKey } from '#core/contract/trust.ts';
import { type ErrorFacts, type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import {
  fetchKeyCommand,
  importKeyCommand,
  newKeyCommand,
  pushKeyCommand,
  searchKeysCommand,
} from '#core/runtime/trustCommands.ts';
import {
  hasNoSuchKey,
  isWrongPassphrase,
  keyPrompts,
  keyserverTrouble,
  parseOfferedKeys,
} from '#core/runtime/trustCommandsOutput.ts';
import { type ArmoredKey, armor, armoredKeys, opensWith } from './keyFacts.ts';
import {
  globalRing,
  joinRings,
  keyFolder,
  type RingKey,
  type RingName,
  readRing,
  removeFromRing,
  ringPath,
} from './keyRings.ts';
import { type Prompt, runPrompted } from './promptedCommand.ts';
import { createRecords } from './records.ts';
import type { ImportedKeys, KeyAddress, KeyImport, Keys, TrustMeans } from './trust.ts';

/** One host with its runtime and the folder of its key rings. */
interface KeyRoom {
  readonly host: Host;
  readonly runtime: Runtime;
  readonly folder: HostPath;
}

export function createKeys(means: TrustMeans): Keys {
  const origins = createRecords<KeyOrigin>(join(means.stateFolder, 'trust', 'origins'), keyOriginSchema);
  const remember = (address: KeyAddress, how: KeyOrigin['how'], from: string | null) =>
    origins.put(nameOf(address), { how, from, at: Date.now() });
  const open = async (hostId: HostId): Promise<KeyRoom> => {
    const [host, runtime] = await Promise.all([means.openHost(hostId), means.runtime(hostId)]);
    return { host, runtime, folder: await keyFolder(host, runtime) };
  };
  return {
    async list(hostId) {
      const room = await open(hostId);
      const [publics, privates, globals] = await Promise.all([
        ring(room, 'pgp-public'),
        ring(room, 'pgp-secret'),
        readRing(room.host, globalRing(room.runtime)),
      ]);
      const rows = [...joinRings(publics, privates, 'local'), ...joinRings(globals, [], 'global')];
      const keys = await Promise.all(
        rows.map(
          async (row): Promise<TrustKey> => ({
            ...row,
            origin: row.ring === 'local' ? await origins.get(nameOf({ hostId, ...row })) : null,
          }),
        ),
      );
      return { keys, folder: room.folder };
    },
    async create(input, signal) {
      const room = await open(input.hostId);
      const before = await fingerprints(room);
      const spec = newKeyCommand(room.runtime, input);
      const { exitStatus, output } = await runPrompted(room.host, spec, {
        prompts: newKeyPrompts(input),
        signal,
      });
      const created = [...(await fingerprints(room))].find((fingerprint) => !before.has(fingerprint));
      if (created === undefined) throw failed(room, spec, { exitStatus, output });
      await remember({ hostId: input.hostId, fingerprint: created }, 'created', null);
      return created;
    },
    async import(input, signal) {
      const room = await open(input.hostId);
      const added = await importKeys(room, input, signal);
      for (const fingerprint of added.imported)
        await remember({ hostId: input.hostId, fingerprint }, 'imported', input.from);
      return added;
    },
    async export({ hostId, fingerprint }, half, passphrase) {
      const room = await open(hostId);
      const name = half === 'private' ? 'pgp-secret' : 'pgp-public';
      const key = (await ring(room, name)).find((one) => one.fingerprint === fingerprint);
      if (key === undefined) throw unknownKey(room, { fingerprint, half });
      if (key.privateHalf === 'protected') await provePassphrase(room, key, passphrase);
      return await armor(key.block);
    },
    async remove(address, half) {
      const room = await open(address.hostId);
      const rings: readonly RingName[] =
        half === 'both' ? ['pgp-public', 'pgp-secret'] : [half === 'public' ? 'pgp-public' : 'pgp-secret'];
      let isFound = false;
      for (const name of rings)
        isFound =
          (await removeFromRing(room.host, ringPath(room.folder, name), address.fingerprint)) || isFound;
      if (!isFound) throw unknownKey(room, { fingerprint: address.fingerprint });
      if (!(await fingerprints(room)).has(address.fingerprint)) await origins.remove(nameOf(address));
    },
    async search(hostId, named, text) {
      const room = await open(hostId);
      const url = named ?? means.keyserver();
      const output = await askServer(room, url, searchKeysCommand(room.runtime, url, text));
      return output === null ? [] : parseOfferedKeys(output);
    },
    async fetch(address, named, signal) {
      const room = await open(address.hostId);
      const url = named ?? means.keyserver();
      if (await fetchKey(room, { ...address, url, signal })) await remember(address, 'fetched', url);
    },
    async push(address, named) {
      const room = await open(address.hostId);
      const url = named ?? means.keyserver();
      if (!(await fingerprints(room)).has(address.fingerprint))
        throw unknownKey(room, { fingerprint: address.fingerprint, half: 'public' });
      await askServer(room, url, pushKeyCommand(room.runtime, url, address.fingerprint));
    },
  };
}

/** A private folder in it is made for what a command reads or writes aside. */
const temporaryParent = hostPathFromText('/tmp');

const nameOf = ({ hostId, fingerprint }: KeyAddress) => `${hostId} ${fingerprint}`;

function ring({ host, folder }: KeyRoom, name: RingName): Promise<readonly RingKey[]> {
  return readRing(host, ringPath(folder, name));
}

/** Of the public ring. */
async function fingerprints(room: KeyRoom): Promise<ReadonlySet<string>> {
  return new Set((await ring(room, 'pgp-public')).map(({ fingerprint }) => fingerprint));
}

function newKeyPrompts({ name, email, comment, passphrase }: NewKey): readonly Prompt[] {
  const typed = (pattern: RegExp, text: string, isSecret = false) => ({
    pattern,
    answer: () => text,
    isSecret,
  });
  return [
    typed(keyPrompts.name, name),
    typed(keyPrompts.email, email),
    typed(keyPrompts.comment, comment),
    typed(keyPrompts.newPassphrase, passphrase ?? '', true),
    typed(keyPrompts.passphraseAgain, passphrase ?? '', true),
    {
      pattern: keyPrompts.withoutPassphrase,
      answer: () => (passphrase === null ? 'y' : null),
      isSecret: false,
    },
  ];
}

async function importKeys(room: KeyRoom, input: KeyImport, signal: AbortSignal): Promise<ImportedKeys> {
  const keys = await armoredKeys(input.text);
  if (keys.length === 0) throw workbenchError('trust.noKey', { from: input.from }, { hostId: room.host.id });
  const imported = new Set<string>();
  const known = new Set<string>();
  const folder = await room.host.files.makeTemporaryFolder(temporaryParent, 'key-');
  try {
    for (const key of keys) {
      const name = key.isPrivate ? 'pgp-secret' : 'pgp-public';
      if (await holds(room, name, key.fingerprint)) {
        known.add(key.fingerprint);
        continue;
      }
      await importKey(room, { key, folder, passphrase: input.passphrase, signal });
      imported.add(key.fingerprint);
    }
  } finally {
    await room.host.files.remove(folder);
  }
  return { imported: [...imported], known: [...known].filter((one) => !imported.has(one)) };
}

async function importKey(
  room: KeyRoom,
  work: {
    readonly key: ArmoredKey;
    readonly folder: HostPath;
    readonly passphrase: string | null;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { key, folder, passphrase, signal } = work;
  const file = joinPath(folder, hostPathFromText(`${key.fingerprint}.asc`));
  await room.host.files.write(file, key.text, 0o600);
  const spec = importKeyCommand(room.runtime, file);
  const prompts: readonly Prompt[] = [
    { pattern: keyPrompts.keyPassphrase, answer: () => passphrase ?? '', isSecret: true },
  ];
  const outcome = await runPrompted(room.host, spec, { prompts, signal });
  // It fails, too, when it has added the private half and the public one was there.
  if (await holds(room, key.isPrivate ? 'pgp-secret' : 'pgp-public', key.fingerprint)) return;
  throw failed(room, spec, outcome, { fingerprint: key.fingerprint });
}

async function holds(room: KeyRoom, name: RingName, fingerprint: string): Promise<boolean> {
  return (await ring(room, name)).some((key) => key.fingerprint === fingerprint);
}

/** Whoever sits at the machine may not carry a key away just so, even protected. Fails with trust.wrongPassphrase. */
async function provePassphrase(room: KeyRoom, key: RingKey, passphrase: string | null): Promise<void> {
  if (await opensWith(key.block, passphrase ?? '')) return;
  throw workbenchError('trust.wrongPassphrase', { fingerprint: key.fingerprint }, { hostId: room.host.id });
}

/** Fetches a key aside, and adds it where it is the one that was asked for. False when it was there. */
async function fetchKey(
  room: KeyRoom,
  wanted: { readonly fingerprint: string; readonly url: string | null; readonly signal: AbortSignal },
): Promise<boolean> {
  const { fingerprint, url, signal } = wanted;
  const { host, runtime } = room;
  const folder = await host.files.makeTemporaryFolder(temporaryParent, 'key-');
  try {
    await askServer(room, url, fetchKeyCommand(runtime, { url, fingerprint, folder }));
    const sent = await readRing(host, ringPath(folder, 'pgp-public'));
    const key = sent.find((one) => one.fingerprint === fingerprint);
    if (key === undefined) throw unknownKey(room, { fingerprint, url: url ?? 'The runtime’s keyserver' });
    if (await holds(room, 'pgp-public', fingerprint)) return false;
    const armored = { fingerprint, isPrivate: false, text: await armor(key.block) };
    await importKey(room, { key: armored, folder, passphrase: null, signal });
    return true;
  } finally {
    await host.files.remove(folder);
  }
}

/** Standard output of a command that speaks with a keyserver; null when the server has no such key. */
async function askServer(room: KeyRoom, url: string | null, spec: CommandSpec): Promise<string | null> {
  const { exitStatus, stdout, stderr } = await room.host.run(spec);
  if (exitStatus === 0) return stdout;
  if (hasNoSuchKey(stderr)) return null;
  throw workbenchError(
    'trust.keyserver',
    { url, reason: keyserverTrouble(stderr) },
    { hostId: room.host.id, command: showCommand(spec), evidence: stderr, exitStatus },
  );
}

function unknownKey({ host }: KeyRoom, facts: ErrorFacts): WorkbenchError {
  return workbenchError('trust.keyUnknown', facts, { hostId: host.id });
}

function failed(
  { host }: KeyRoom,
  spec: CommandSpec,
  { exitStatus, output }: { readonly exitStatus: number | null; readonly output: string },
  facts: ErrorFacts = {},
): WorkbenchError {
  const where = { hostId: host.id, command: showCommand(spec), evidence: output, exitStatus };
  if (isWrongPassphrase(output)) return workbenchError('trust.wrongPassphrase', facts, where);
  const reason = /ERROR: +([^\n]+)/.exec(output)?.[1] ?? null;
  return workbenchError('runtime.failed', { verb: 'change the keys', reason }, where);
}
