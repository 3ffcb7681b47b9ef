import type { HostId, RegistryId } from '#core/contract/ids.ts';
import type { ImageFacts, Recognised, Repository, Tag } from '#core/contract/registries.ts';

/** A reference with the leave to ask it without encryption. */
export interface Named {
  readonly reference: string;
  readonly allowHttp: boolean;
}

/** The registries of the person's list, browsed and changed. Failures are `registry.*`. */
export interface Registries {
  /** Who we are to a registry (host and optional port) is not what it was: it is found out anew. */
  signInChanged(registry: string): void;
  recognise(text: string, allowHttp: boolean, signal: AbortSignal): Promise<Recognised>;
  repositories(
    id: RegistryId,
    query: { readonly term: string; readonly path: string | null },
    signal: AbortSignal,
  ): AsyncIterable<readonly Repository[]>;
  tags(id: RegistryId, repository: string, signal: AbortSignal): AsyncIterable<readonly Tag[]>;
  tagFacts(
    id: RegistryId,
    repository: string,
    tags: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Tag[]>;
  /** `architecture` null takes the host's. */
  show(
    named: Named,
    choice: { readonly architecture: string | null; readonly hostId: HostId },
    signal: AbortSignal,
  ): Promise<ImageFacts>;
  /** Proves credentials by a request. Fails with registry.unauthorized. */
  prove(
    registry: string,
    credentials: { readonly userName: string; readonly password: string },
    allowHttp: boolean,
    signal: AbortSignal,
  ): Promise<void>;
  copyTag(
    named: Named,
    copy: { readonly tag: string; readonly overwrite: boolean },
    signal: AbortSignal,
  ): Promise<{ digest: string }>;
  planDelete(
    named: Named,
    signal: AbortSignal,
  ): Promise<{ digest: string; tags: string[]; areAllTagsKnown: boolean; sizeBytes: number }>;
  delete(named: Named, digest: string, signal: AbortSignal): Promise<void>;
}
