import { readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { hostPathToText } from '#core/contract/hostPath.ts';
import type { NewKey, OfferedKey, TrustKey } from '#core/contract/trust.ts';
import { type CommandLine, type CommonOptions, openClient, writeJson } from './commandLine.ts';
import { exitStatus } from './exitStatus.ts';
import { UsageError } from './failure.ts';
import { type HostOption, hostFromArgument } from './hostArgument.ts';
import { type PassphraseOptions, passphraseFromInput } from './passphraseInput.ts';
import { formatTime, printable, table } from './printable.ts';

export interface KeysOptions extends CommonOptions, HostOption {}

export interface NewKeyOptions extends KeysOptions, PassphraseOptions {
  readonly name: string;
  readonly email: string;
  readonly comment: string;
  readonly bits: NewKey['bits'];
  /** False for `--no-passphrase`. */
  readonly passphrase: boolean;
}

export interface ExportOptions extends KeysOptions, PassphraseOptions {
  readonly private?: boolean;
  readonly output?: string;
}

export interface RemoveOptions extends KeysOptions {
  readonly half: 'public' | 'private' | 'both';
  readonly yes?: boolean;
}

export interface KeyserverOptions extends KeysOptions {
  /** The one of the settings, else the runtime's, where it is not given. */
  readonly keyserver?: string;
}

function serverName({ keyserver }: KeyserverOptions): string {
  return keyserver === undefined ? 'the keyserver' : printable(keyserver);
}

async function open(line: CommandLine, options: KeysOptions) {
  const client = await openClient(line);
  const { id: hostId } = await hostFromArgument(line, client, options.host);
  return { hostId, keys: client.trust.keys };
}

/** The keys of a host's rings. */
export async function listKeys(line: CommandLine, options: KeysOptions): Promise<number> {
  const { hostId, keys } = await open(line, options);
  const listed = await keys.list({ hostId });
  if (options.json === true) writeJson(line.stdout, listed);
  else if (listed.keys.length > 0) line.stdout.write(table(listed.keys.map(keyRow)));
  else line.stderr.write(`No keys in ${printable(hostPathToText(listed.folder) ?? listed.folder)}.\n`);
  return exitStatus.done;
}

const halves: Readonly<Record<TrustKey['privateHalf'], string>> = {
  none: 'public',
  protected: 'private',
  open: 'private, without passphrase',
};

function keyRow(key: TrustKey): string[] {
  const { origin } = key;
  return [
    key.fingerprint === '' ? '(unreadable)' : key.fingerprint,
    key.ring === 'global' ? 'global' : halves[key.privateHalf],
    key.state,
    key.algorithm || '-',
    formatTime(key.createdAt),
    key.expiresAt === null ? 'never expires' : `until ${formatTime(key.expiresAt)}`,
    origin === null ? '-' : printable(`${origin.how}${origin.from === null ? '' : ` from ${origin.from}`}`),
    printable(key.userIds.join(', ')),
  ];
}

/** The new key's fingerprint goes to standard output. */
export async function createKey(line: CommandLine, options: NewKeyOptions): Promise<number> {
  const passphrase = await passphraseFromInput(line, options);
  if (passphrase === null && options.passphrase)
    throw new UsageError(
      'A new key needs --passphrase-stdin; --no-passphrase leaves it open to whoever reads the file',
    );
  const { hostId, keys } = await open(line, options);
  const { name, email, comment, bits } = options;
  const created = await keys.create({ hostId, name, email, comment, passphrase, bits });
  if (options.json === true) writeJson(line.stdout, created);
  else line.stdout.write(`${created.fingerprint}\n`);
  return exitStatus.done;
}

const largestFile = 1024 * 1024;

/** From a file of this machine to any host. */
export async function importKeys(
  line: CommandLine,
  file: string,
  options: KeysOptions & PassphraseOptions,
): Promise<number> {
  const passphrase = await passphraseFromInput(line, options);
  const bytes = readFileSync(resolve(line.workingFolder, file));
  if (bytes.length > largestFile) throw new UsageError(`${JSON.stringify(file)} is too large for keys`);
  const { hostId, keys } = await open(line, options);
  const from = basename(file);
  const added = await keys.import({ hostId, text: bytes.toString('utf8'), from, passphrase });
  if (options.json === true) writeJson(line.stdout, added);
  else {
    for (const fingerprint of added.known) line.stderr.write(`Was there: ${fingerprint}\n`);
    for (const fingerprint of added.imported) line.stdout.write(`${fingerprint}\n`);
    line.stderr.write('Compare fingerprints with their owners before you rely on them.\n');
  }
  return exitStatus.done;
}

/** Armored, to a file of this machine or to standard output. A private key's file is for its owner alone. */
export async function exportKey(
  line: CommandLine,
  fingerprint: string,
  options: ExportOptions,
): Promise<number> {
  const passphrase = await passphraseFromInput(line, options);
  const { hostId, keys } = await open(line, options);
  const half = options.private === true ? 'private' : 'public';
  const { text } = await keys.export({ hostId, fingerprint, half, passphrase });
  if (options.output === undefined) line.stdout.write(text);
  else
    writeFileSync(resolve(line.workingFolder, options.output), text, {
      flag: 'wx',
      mode: half === 'private' ? 0o600 : 0o644,
    });
  return exitStatus.done;
}

/** Says what would be removed; with `--yes` removes it. */
export async function removeKey(
  line: CommandLine,
  fingerprint: string,
  options: RemoveOptions,
): Promise<number> {
  const { half } = options;
  if (options.yes !== true) {
    line.stderr.write(
      `Would remove ${printable(fingerprint)} (${half}). A private key that is kept nowhere else is then lost. Say --yes to remove it.\n`,
    );
    return exitStatus.usage;
  }
  const { hostId, keys } = await open(line, options);
  await keys.remove({ hostId, fingerprint, half });
  line.stderr.write(`Removed ${printable(fingerprint)}.\n`);
  return exitStatus.done;
}

/** What a keyserver offers. Nobody has checked whose keys these are. */
export async function searchKeys(
  line: CommandLine,
  text: string,
  options: KeyserverOptions,
): Promise<number> {
  const { hostId, keys } = await open(line, options);
  const found = await keys.search({ hostId, text, url: options.keyserver ?? null });
  if (options.json === true) writeJson(line.stdout, found);
  else if (found.keys.length > 0) line.stdout.write(table(found.keys.map(offeredRow)));
  else line.stderr.write(`There is no such key on ${serverName(options)}.\n`);
  return found.keys.length > 0 ? exitStatus.done : exitStatus.notFound;
}

function offeredRow({ fingerprint, algorithm, bits, createdAt, userIds }: OfferedKey): string[] {
  const kind = printable(`${algorithm} ${bits ?? ''}`.trim());
  return [fingerprint, kind, formatTime(createdAt), printable(userIds.join(', '))];
}

export async function fetchKey(
  line: CommandLine,
  fingerprint: string,
  options: KeyserverOptions,
): Promise<number> {
  const { hostId, keys } = await open(line, options);
  await keys.fetch({ hostId, fingerprint, url: options.keyserver ?? null });
  line.stderr.write('Compare its fingerprint with its owner’s before you rely on it.\n');
  return exitStatus.done;
}

/** Keys cannot be taken back from most keyservers. */
export async function pushKey(
  line: CommandLine,
  fingerprint: string,
  options: KeyserverOptions,
): Promise<number> {
  const { hostId, keys } = await open(line, options);
  await keys.push({ hostId, fingerprint, url: options.keyserver ?? null });
  line.stderr.write(`Sent the public key to ${serverName(options)}.\n`);
  return exitStatus.done;
}
