import type { RepositoryEvent, TagEvent } from '#core/contract/registries.ts';
import { listLimit } from '#core/registry/adapter.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

/** More rows than a window shows. */
const firstRows = 100;

const never = () => new AbortController().signal;

export function registriesApi({ registries, credentials }: Services) {
  return {
    recognise: api.registries.recognise.handler(({ input, signal = never() }) =>
      registries.recognise(input.text, input.allowHttp, signal),
    ),
    repositories: api.registries.repositories.handler(async function* ({ input, signal = never() }) {
      let count = 0;
      for await (const batch of registries.repositories(input.registryId, input, signal)) {
        count += batch.length;
        yield { type: 'repositories', repositories: batch } satisfies RepositoryEvent;
      }
      yield { type: 'end', note: noteOf(count) } satisfies RepositoryEvent;
    }),
    tags: api.registries.tags.handler(async function* ({ input, signal = never() }) {
      let count = 0;
      for await (const batch of registries.tags(input.registryId, input.repository, signal)) {
        // What fills the screen goes ahead of the rest.
        const ahead = count === 0 ? firstRows : 0;
        count += batch.length;
        if (ahead > 0) yield { type: 'tags', tags: batch.slice(0, ahead) } satisfies TagEvent;
        if (batch.length > ahead) yield { type: 'tags', tags: batch.slice(ahead) } satisfies TagEvent;
      }
      yield { type: 'end', note: noteOf(count) } satisfies TagEvent;
    }),
    tagFacts: api.registries.tagFacts.handler(async ({ input, signal = never() }) => ({
      tags: [...(await registries.tagFacts(input.registryId, input.repository, input.tags, signal))],
    })),
    show: api.registries.show.handler(({ input, signal = never() }) => registries.show(input, input, signal)),
    access: api.registries.access.handler(({ input, signal = never() }) =>
      credentials.access(input.registry, input.hostId, signal),
    ),
    signIn: api.registries.signIn.handler(async ({ input, signal = never() }) => {
      await registries.prove(input.registry, input.credentials, input.allowHttp, signal);
      await credentials.keep(input.registry, input.credentials, input.keep);
      registries.signInChanged(input.registry);
      return {};
    }),
    signOut: api.registries.signOut.handler(async ({ input }) => {
      await credentials.forget(input.registry);
      registries.signInChanged(input.registry);
      return {};
    }),
    copyTag: api.registries.copyTag.handler(({ input, signal = never() }) =>
      registries.copyTag(input, input, signal),
    ),
    planDelete: api.registries.planDelete.handler(({ input, signal = never() }) =>
      registries.planDelete(input, signal),
    ),
    delete: api.registries.delete.handler(async ({ input, signal = never() }) => {
      await registries.delete(input, input.digest, signal);
      return {};
    }),
  };
}

function noteOf(count: number): string | null {
  return count < listLimit ? null : `Only the first ${listLimit} are listed. Search for more.`;
}
