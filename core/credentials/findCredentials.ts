import type { CredentialsSource } from '#core/contract/registries.ts';
import { type ErrorFacts, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import { type CredentialFile, type CredentialPlaces, readCredentialFiles } from './credentialFiles.ts';
import { askHelper, HelperTrouble, listOfHelper, type RunHelper } from './credentialHelper.ts';
import { type ConfigEntry, entriesFor } from './dockerConfig.ts';
import type { Keychain } from './keychain.ts';
import { registryNameOf } from './registryName.ts';

/** Where credentials are looked for. */
export interface CredentialSearch {
  /** Of this run, by `registryNameOf`. */
  readonly session: ReadonlyMap<string, RegistryCredentials>;
  readonly keychain: Keychain;
  readonly files: HostFiles;
  readonly places: CredentialPlaces;
  readonly runHelper: RunHelper;
  /** Of helpers. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whom helpers that list nobody named when they gave a secret: `helper registry` → user name. */
  readonly namesOfHelpers: Map<string, string | null>;
}

export interface FoundCredentials {
  readonly source: CredentialsSource;
  readonly userName: string | null;
  /** Null where only `whoIs` was asked and a helper has the secret. */
  readonly credentials: RegistryCredentials | null;
}

export interface Findings {
  /** `source` none where nothing was found. */
  readonly found: FoundCredentials;
  /** Whole sentences. */
  readonly problems: readonly string[];
  /** What the first helper failed with, that might have had some. */
  readonly helperFailure: WorkbenchError | null;
}

const nobody: FoundCredentials = { source: { type: 'none' }, userName: null, credentials: null };

/**
 * Session, keychain, the runtime's file, Docker's: the first that has something for a registry (as `registryNameOf`
 * gives it). Trouble with one of them is told, and the next is asked. With `purpose` `name`, helpers are asked for names
 * only, so that a look at a page never has a secret handed out.
 */
export async function findCredentials(
  search: CredentialSearch,
  { registry, purpose }: { readonly registry: string; readonly purpose: 'secret' | 'name' },
  signal: AbortSignal,
): Promise<Findings> {
  const problems: string[] = [];
  let helperFailure: WorkbenchError | null = null;
  const given = search.session.get(registry);
  if (given !== undefined) return { found: foundIn({ type: 'session' }, given), problems, helperFailure };
  const kept = await fromKeychain(search.keychain, registry, { problems, signal });
  if (kept !== null) return { found: foundIn({ type: 'keychain' }, kept), problems, helperFailure };
  for (const file of await readCredentialFiles(search.files, search.places)) {
    if (file.problem !== null) problems.push(`${file.shown} ${file.problem}.`);
    if (file.config === null) continue;
    const { entries, problems: wrong } = entriesFor(file.config, registry);
    problems.push(...wrong.map((end) => `${file.shown} ${end}.`));
    for (const entry of entries) {
      if (entry.type === 'inline') return { found: inlineIn(file, entry), problems, helperFailure };
      try {
        const found = await fromHelper(search, { file, entry, registry, purpose }, signal);
        if (found !== null) return { found, problems, helperFailure };
      } catch (thrown) {
        if (!(thrown instanceof HelperTrouble)) throw thrown;
        problems.push(`${file.shown} names a helper: ${thrown.message}`);
        helperFailure ??= helperError(thrown, { registry, helper: entry.helper, path: file.path });
      }
    }
  }
  return { found: nobody, problems, helperFailure };
}

async function fromKeychain(
  keychain: Keychain,
  registry: string,
  { problems, signal }: { readonly problems: string[]; readonly signal: AbortSignal },
): Promise<RegistryCredentials | null> {
  try {
    return await keychain.get(registry, signal);
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.report.code !== 'registry.keychain') throw thrown;
    const { reason } = thrown.report.data;
    problems.push(`The keychain was not read: ${typeof reason === 'string' ? reason : 'it failed'}`);
    return null;
  }
}

interface HelperQuestion {
  readonly file: CredentialFile;
  readonly entry: Extract<ConfigEntry, { type: 'helper' }>;
  readonly registry: string;
  readonly purpose: 'secret' | 'name';
}

async function fromHelper(
  { runHelper, environment, namesOfHelpers }: CredentialSearch,
  { file, entry, registry, purpose }: HelperQuestion,
  signal: AbortSignal,
): Promise<FoundCredentials | null> {
  const { helper, serverUrl } = entry;
  const source: CredentialsSource = { type: 'file', path: file.path, how: 'helper', helper };
  if (purpose === 'secret') {
    const credentials = await askHelper(runHelper, { helper, serverUrl, environment }, signal);
    if (credentials === null) return null;
    const found = foundIn(source, credentials);
    namesOfHelpers.set(`${helper} ${registry}`, found.userName);
    return found;
  }
  const list = await listOfHelper(runHelper, { helper, environment }, signal);
  if (list !== null) {
    const known = Object.entries(list).find(([server]) => registryNameOf(server) === registry);
    return known === undefined ? null : { source, userName: known[1], credentials: null };
  }
  // One that lists nobody makes its secrets as they are asked for. A store of all registries may still have none.
  const userName = namesOfHelpers.get(`${helper} ${registry}`);
  if (userName === undefined && entry.scope === 'all') return null;
  return { source, userName: userName ?? null, credentials: null };
}

function inlineIn(file: CredentialFile, entry: Extract<ConfigEntry, { type: 'inline' }>): FoundCredentials {
  return foundIn({ type: 'file', path: file.path, how: 'inline', helper: null }, entry.credentials);
}

function foundIn(source: CredentialsSource, credentials: RegistryCredentials): FoundCredentials {
  // An identity token has no name beside it.
  const userName = credentials.userName === '<token>' ? null : credentials.userName;
  return { source, userName, credentials };
}

function helperError(trouble: HelperTrouble, facts: Omit<ErrorFacts, 'reason'>): WorkbenchError {
  return workbenchError('registry.credentialHelper', { ...facts, reason: trouble.message });
}
