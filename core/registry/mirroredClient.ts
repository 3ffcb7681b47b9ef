import type { RegistryReference } from '#core/contract/imageReference.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';
import { isLoopbackName } from './addressPolicy.ts';
import { type MirrorAddress, parseMirror } from './mirrorAddress.ts';
import { type BlobProgress, newProgress, openAtPlaces } from './mirrorBlobs.ts';
import type { RegistryClient, RegistryClientOptions } from './registryClient.ts';

interface Place {
  readonly name: string;
  readonly client: RegistryClient;
  /** Name of a repository there. */
  readonly repositoryOf: (repository: string) => string;
  readonly registry: string;
}

/**
 * A client that asks mirrors first, in their order, and the registry itself last. Whoever gives the manifest is asked
 * for the layers, too; what fails or lies is left for the next, and all of that is told in the log. A mirror never gets
 * the registry's credentials, and plain http only where the registry might have it.
 */
export function createMirroredClient(
  options: RegistryClientOptions & { readonly mirrors: readonly string[] },
  createClient: (options: RegistryClientOptions) => RegistryClient,
): RegistryClient {
  const say = (text: string): void => options.onNotice?.(text);
  const itself: Place = {
    name: options.registry,
    client: createClient(options),
    repositoryOf: (repository) => repository,
    registry: options.registry,
  };
  const mirrors = options.mirrors.flatMap((text) => {
    const address = parseMirror(text);
    if (address === null)
      say(`Mirror ${withoutUserInfo(text)} is not an address of a registry; it is not asked.`);
    return address === null ? [] : [mirrorPlace(address, options, createClient)];
  });
  const places = [...mirrors, itself];
  /** The first place that may be asked for blobs of a repository: the one that gave its manifest. */
  const firstPlaces = new Map<string, number>();
  const blobs = new Map<string, BlobProgress>();

  async function resolve(
    reference: RegistryReference,
    architecture: string,
    signal: AbortSignal,
  ): ReturnType<RegistryClient['resolve']> {
    for (const [index, place] of mirrors.entries()) {
      try {
        return await resolveAt(index, place);
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof WorkbenchError)) throw thrown;
        sayGivenUp(index, thrown);
      }
    }
    return await resolveAt(mirrors.length, itself);

    async function resolveAt(index: number, place: Place): ReturnType<RegistryClient['resolve']> {
      const { client, registry, repositoryOf } = place;
      const asked = { ...reference, registry, repository: repositoryOf(reference.repository) };
      const resolved = await client.resolve(asked, architecture, signal);
      firstPlaces.set(reference.repository, index);
      if (mirrors.length > 0) say(`${titleOf(place)} gave ${reference.typed}: ${resolved.digest}.`);
      return resolved;
    }
  }

  function sayGivenUp(index: number, { report }: WorkbenchError): void {
    const why =
      report.code === 'registry.digestMismatch' ? 'what it sent is not what was asked for' : report.title;
    const failed = titleOf(places[index] ?? itself);
    say(`${failed} did not answer: ${why}; asking ${titleOf(places[index + 1] ?? itself)}.`);
  }

  function titleOf(place: Place): string {
    return place === itself ? place.name : `Mirror ${place.name}`;
  }

  return {
    resolve,
    async openBlob(repository, blob, { offset, signal }) {
      const progress = blobs.get(blob.digest) ?? newProgress(firstPlaces.get(repository) ?? 0);
      blobs.set(blob.digest, progress);
      const ways = places.map((place) => ({
        ...place,
        open: (from: number) =>
          place.client.openBlob(place.repositoryOf(repository), blob, { offset: from, signal }),
      }));
      return await openAtPlaces(
        ways,
        { blob, offset, signal },
        {
          progress,
          onGiveUp: (index, why) => {
            sayGivenUp(index, why);
            // What it does not have says nothing of the rest; what does not answer is not waited for again.
            if (why.report.code === 'registry.notFound') return;
            const first = firstPlaces.get(repository) ?? 0;
            firstPlaces.set(repository, Math.max(first, index + 1));
          },
        },
      );
    },
  };
}

function mirrorPlace(
  { registry, prefix, text, mayBeHttp }: MirrorAddress,
  options: RegistryClientOptions,
  createClient: (options: RegistryClientOptions) => RegistryClient,
): Place {
  const { onNotice, timeouts } = options;
  const hostName = new URL(`https://${registry}`).hostname;
  return {
    name: text,
    registry,
    repositoryOf: (repository) => (prefix === '' ? repository : `${prefix}/${repository}`),
    client: createClient({
      registry,
      isHttpAllowed: mayBeHttp && (options.isHttpAllowed || isLoopbackName(hostName)),
      credentials: null,
      ...(onNotice === undefined ? {} : { onNotice }),
      ...(timeouts === undefined ? {} : { timeouts }),
    }),
  };
}

/** An address that is shown never holds a password. */
function withoutUserInfo(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?[^/@]*@/i, '$1').slice(0, 200);
}
