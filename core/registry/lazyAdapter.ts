import type { RegistryAdapter } from './adapter.ts';

/** An adapter whose code is loaded at its first use: few of them are used, and a start must not wait for all. */
export function lazyAdapter(load: () => Promise<RegistryAdapter>): RegistryAdapter {
  let loading: Promise<RegistryAdapter> | null = null;
  const adapter = (): Promise<RegistryAdapter> => {
    loading ??= load();
    return loading;
  };
  return {
    async *repositories(query, signal) {
      yield* (await adapter()).repositories(query, signal);
    },
    async *tags(repository, signal) {
      yield* (await adapter()).tags(repository, signal);
    },
    tagFacts: async (repository, tags, signal) => (await adapter()).tagFacts(repository, tags, signal),
    show: async (request, signal) => (await adapter()).show(request, signal),
  };
}
