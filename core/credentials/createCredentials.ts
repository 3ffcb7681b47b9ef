import { join } from 'node:path';
import { type HostId, localHostId } from '#core/contract/ids.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { localFiles } from '#core/hosts/localFiles.ts';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import type { Dialect } from '#core/runtime/dialect.ts';
import { scrubbedEnvironment } from '#core/runtime/environment.ts';
import { credentialPlaces, homeOf, readCredentialFile, runtimeFilesFor } from './credentialFiles.ts';
import { createHelperRunner, type RunHelper } from './credentialHelper.ts';
import type { Credentials } from './credentials.ts';
import { type CredentialSearch, findCredentials } from './findCredentials.ts';
import type { Keychain } from './keychain.ts';
import { createRegistryMemory } from './registryMemory.ts';
import { registryNameOf } from './registryName.ts';
import { runtimeSignIn } from './runtimeSignIn.ts';

export interface CredentialsOptions {
  /** The person's: HOME, PATH, DOCKER_CONFIG, APPTAINER_CONFIGDIR, and what helpers need. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `registries.json` is kept: times and limits, no secrets. */
  readonly stateFolder: string;
  readonly keychain: Keychain;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly runHelper?: RunHelper;
  /** The chosen runtime of a host; null where there is none. */
  readonly runtimeOf: (hostId: HostId) => Promise<Pick<Dialect, 'product' | 'version'> | null>;
  /** An ssh host, ready to be used; this machine is never asked for. */
  readonly hostOf: (hostId: HostId) => Promise<Pick<Host, 'label' | 'homeFolder' | 'files'>>;
  /** How long what registries answered may stay unwritten; 3000 by default. */
  readonly writeAfterMs?: number;
}

/** Credentials of this machine. `flush` writes what is unwritten of `registries.json`: call it at the end. */
export function createCredentials(
  options: CredentialsOptions,
): Credentials & { readonly flush: () => Promise<void> } {
  const { environment, keychain, now } = options;
  const session = new Map<string, RegistryCredentials>();
  const memory = createRegistryMemory({
    file: join(options.stateFolder, 'registries.json'),
    writeAfterMs: options.writeAfterMs ?? 3000,
  });
  const places = credentialPlaces(environment, homeOf(environment));
  const search: CredentialSearch = {
    session,
    keychain,
    files: localFiles,
    places,
    runHelper: options.runHelper ?? createHelperRunner(),
    environment: scrubbedEnvironment(environment, null),
    namesOfHelpers: new Map(),
  };

  const find = async (registry: string, signal: AbortSignal): Promise<RegistryCredentials | null> => {
    const { found, helperFailure } = await findCredentials(search, { registry, purpose: 'secret' }, signal);
    if (found.credentials === null && helperFailure !== null) throw helperFailure;
    return found.credentials;
  };

  /** Where the runtime of a host looks, and what it finds there. */
  const runtimeSentence = async (registry: string, hostId: HostId): Promise<string> => {
    const isHere = hostId === localHostId;
    const runtime = await options.runtimeOf(hostId);
    const host = isHere ? null : await options.hostOf(hostId);
    const place = host === null ? 'this machine' : host.label;
    const files = host?.files ?? localFiles;
    // The environment of a login there is not known: the usual places.
    const where = host === null ? places : credentialPlaces({}, host.homeFolder);
    const { own, fallback } = runtimeFilesFor(where, runtime?.product ?? 'apptainer');
    return runtimeSignIn({
      runtime,
      place,
      registry,
      own: await readCredentialFile(files, own, where.home),
      fallback: fallback === null ? null : await readCredentialFile(files, fallback, where.home),
    });
  };

  return {
    onDemand: (text) => {
      const registry = nameOf(text);
      return {
        get: (signal) => find(registry, signal),
        onOutcome: (outcome) =>
          memory.note(registry, { [outcome === 'accepted' ? 'lastSuccess' : 'lastRefusal']: now() }),
      };
    },
    find: (text, signal) => find(nameOf(text), signal),
    async keep(text, credentials, where) {
      const registry = nameOf(text);
      if (where === 'keychain') {
        const { isAvailable, text: why } = await keychain.isAvailable();
        if (!isAvailable) throw workbenchError('registry.keychain', { reason: why });
        await keychain.set(registry, credentials);
        session.delete(registry); // what was given before would go before it
      } else session.set(registry, credentials);
      memory.note(registry, { lastSuccess: now(), lastRefusal: null });
    },
    async forget(text) {
      const registry = nameOf(text);
      session.delete(registry);
      memory.note(registry, { lastSuccess: null, lastRefusal: null });
      await keychain.remove(registry);
    },
    noteRate: (text, rate) => memory.note(nameOf(text), { rate }),
    async access(text, hostId, signal) {
      const registry = nameOf(text);
      const [{ found, problems }, remembered, runtime, available] = await Promise.all([
        findCredentials(search, { registry, purpose: 'name' }, signal),
        memory.get(registry),
        runtimeSentence(registry, hostId).catch((thrown: unknown) => {
          if (!(thrown instanceof WorkbenchError)) throw thrown;
          // A host that is not connected: the rest is still true.
          return `What its runtime would do is not known: ${thrown.report.title}.`;
        }),
        keychain.isAvailable(),
      ]);
      const { source, userName } = found;
      return {
        registry,
        source,
        userName,
        ...remembered,
        runtime,
        problems: [...problems],
        keychain: { ...available },
      };
    },
    flush: () => memory.flush(),
  };
}

/** What a caller names is a registry already; a path behind it, which no entry can be for, is kept as it is. */
function nameOf(text: string): string {
  return registryNameOf(text) ?? text;
}
