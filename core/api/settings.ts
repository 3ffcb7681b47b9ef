import { api } from './base.ts';
import type { Services } from './services.ts';

export function settingsApi({ settings }: Services) {
  return {
    watch: api.settings.watch.handler(({ signal }) => settings.watch(signal)),
    change: api.settings.change.handler(async ({ input }) => {
      await settings.change(input);
      return {};
    }),
  };
}
