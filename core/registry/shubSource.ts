import { z } from 'zod';
import type { ShubReference } from '#core/contract/imageReference.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import { refusalAfterLookup } from './addressPolicy.ts';
import { createHttpSource } from './httpSource.ts';
import type { RegistryTimeouts } from './registrySettings.ts';
import { createServiceJson, findServiceHome } from './serviceJson.ts';
import { nameSchema } from './serviceJsonValues.ts';
import type { SifSource, SifSourceOptions } from './sifSource.ts';

/** What a Singularity Hub says of an image. Every text of it is hostile. */
export interface ShubImage {
  /** Where the file is; judged, without user name and password. May carry a signature: not to be shown. */
  readonly url: URL;
  /** Hash of the file as the server names it: MD5 at Singularity Hub, `sha256.…` at others. Null where it says none. */
  readonly version: string | null;
  readonly commit: string | null;
}

export interface ShubOptions {
  readonly isHttpAllowed: boolean;
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly timeouts?: Partial<RegistryTimeouts> | undefined;
  readonly signal: AbortSignal;
}

const manifestSchema = z.object({
  image: z.string().max(8192),
  version: nameSchema,
  commit: nameSchema,
});

/**
 * Asks `GET /api/container/<user>/<name>:<tag>`: apptainer `internal/pkg/client/shub/api.go`. From documentation, not run
 * against the live archive.
 */
export async function readShubImage(reference: ShubReference, options: ShubOptions): Promise<ShubImage> {
  const { host, user, container, tag } = reference;
  const { isHttpAllowed, signal, timeouts, onNotice } = options;
  const home = await findServiceHome(host, { isHttpAllowed, timeouts, signal });
  const json = createServiceJson(home, { registry: host, isHttpAllowed, signIn: null, onNotice, timeouts });
  const facts = { registry: host, repository: `${user}/${container}`, reference: tag };
  const { value } = await json.read(
    new URL(`api/container/${user}/${container}:${tag}`, home),
    manifestSchema,
    {
      signal,
      facts,
    },
  );
  const url = URL.canParse(value.image) ? new URL(value.image) : null;
  const refusal = url === null ? 'scheme' : await refusalAfterLookup(url, { host: home.host, isHttpAllowed });
  if (url === null || refusal !== null)
    throw workbenchError('registry.protocol', {
      ...facts,
      reason: `address of the file refused: ${refusal}`,
    });
  return { url, version: hashOf(value.version), commit: hashOf(value.commit) };
}

/**
 * A SIF (or an older image) of Singularity Hub, fetched from where the Hub's answer says. The runtime's own client is not
 * used: its cache loses everything when a server names no commit (sregistry issue 430). Nothing tells the file's digest,
 * so a part is continued by the storage's own validator; only a server that names a SHA-256 is verified.
 */
export async function openShubSif(reference: ShubReference, options: SifSourceOptions): Promise<SifSource> {
  const image = await readShubImage(reference, options);
  const { host, user, container, tag } = reference;
  const open = createHttpSource(image.url.href, {
    isHttpAllowed: options.isHttpAllowed,
    credentials: null,
    ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
  });
  const sha256 = /^sha256[.:]([0-9a-f]{64})$/.exec(image.version ?? '')?.[1];
  // The query may be a signature, another one each time.
  const file = `${image.url.origin}${image.url.pathname}`;
  const name = `shub://${host}/${user}/${container}:${tag}`;
  return {
    open,
    identity: [name, image.version ?? image.commit, file].filter((part) => part !== null).join(' '),
    digest: sha256 === undefined ? null : `sha256:${sha256}`,
    sizeBytes: null,
    manifestDigest: null,
  };
}

function hashOf(text: string): string | null {
  return /^[A-Za-z0-9.:_-]{1,128}$/.test(text) ? text : null;
}
