import type { RuntimeProduct } from '#core/contract/runtime.ts';
import type { CredentialFile } from './credentialFiles.ts';
import { type ConfigEntry, entriesFor } from './dockerConfig.ts';

/** What is known of the runtime and of the files of its host. */
export interface RuntimeSignInFacts {
  /** Null where there is none. */
  readonly runtime: { readonly product: RuntimeProduct; readonly version: string } | null;
  /** `this machine`, or what the person calls the host. */
  readonly place: string;
  /** As `registryNameOf` gives it. */
  readonly registry: string;
  readonly own: CredentialFile;
  /** Null for a product that has none. */
  readonly fallback: CredentialFile | null;
}

const productNames: Readonly<Record<RuntimeProduct, string>> = {
  apptainer: 'Apptainer',
  'singularity-ce': 'SingularityCE',
  singularity: 'Singularity',
};

/**
 * What a runtime would do about signing in when it is left alone, in sentences. Measured with Apptainer 1.4.5: it runs
 * the helpers of `credHelpers` for `docker://` and `oras://`, that of `credsStore` for `oras://` alone, and reads plain
 * `username` and `password` for `oras://` alone; a file that is not JSON fails `docker://`, and is passed over by `oras://`.
 */
export function runtimeSignIn({ runtime, place, registry, own, fallback }: RuntimeSignInFacts): string {
  if (runtime === null) return `There is no Apptainer or Singularity on ${place}.`;
  const name = `${productNames[runtime.product]} ${runtime.version} on ${place}`;
  const file = own.state === 'missing' ? fallback : own;
  if (file === null || file.state === 'missing')
    return `${name} would not sign in: ${missing(own, fallback)}.`;
  if (file.config === null)
    return `${name} would refuse docker:// and would not sign in to oras://: ${file.shown} ${file.problem}.`;
  const { entries } = entriesFor(file.config, registry);
  const ignored = fallback !== null && file === own && hasEntry(fallback, registry);
  const because = ignored
    ? `${file.shown} exists and has no entry for this registry, so ${fallback.shown} is ignored`
    : `${file.shown} has no entry for this registry`;
  return withEntries(name, file, entries) ?? `${name} would not sign in: ${because}.`;
}

/** Null where the file has nothing for the registry. */
function withEntries(name: string, file: CredentialFile, entries: readonly ConfigEntry[]): string | null {
  const from = `from ${file.shown}`;
  const inline = entries.find((entry) => entry.type === 'inline');
  const helper = entries.find((entry) => entry.type === 'helper');
  if (helper?.type === 'helper' && helper.scope === 'registry')
    return `${name} would ask docker-credential-${helper.helper}, which ${file.shown} names for this registry.`;
  if (helper?.type === 'helper') {
    const docker =
      inline?.type === 'inline' && inline.form === 'encoded'
        ? `would sign in to docker:// as ${userOf(inline)} ${from}`
        : 'would not sign in to docker://';
    return `${name} ${docker}; for oras:// alone it would ask docker-credential-${helper.helper}, the store that ${file.shown} names.`;
  }
  if (inline?.type !== 'inline') return null;
  return inline.form === 'encoded'
    ? `${name} would sign in as ${userOf(inline)} ${from}.`
    : `${name} would sign in as ${userOf(inline)} ${from} to oras:// alone: for docker:// it reads “auth” only, which the entry has not.`;
}

function userOf({ credentials }: Extract<ConfigEntry, { type: 'inline' }>): string {
  return credentials.isIdentityToken === true ? 'the owner of an identity token' : credentials.userName;
}

function hasEntry(file: CredentialFile, registry: string): boolean {
  return file.config !== null && entriesFor(file.config, registry).entries.length > 0;
}

function missing(own: CredentialFile, fallback: CredentialFile | null): string {
  return fallback === null
    ? `there is no ${own.shown}`
    : `there is neither ${own.shown} nor ${fallback.shown}`;
}
