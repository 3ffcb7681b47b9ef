import { api } from './base.ts';
import type { Services } from './services.ts';

export function cacheApi({ layers }: Services) {
  return {
    usage: api.cache.usage.handler(() => layers.usage()),
    clean: api.cache.clean.handler(({ input }) => layers.clean(input)),
  };
}
