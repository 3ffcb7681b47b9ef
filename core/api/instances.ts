import { api } from './base.ts';
import type { Services } from './services.ts';

export function instancesApi({ instances }: Services) {
  return {
    list: api.instances.list.handler(({ input }) => instances.list(input.hostId)),
    start: api.instances.start.handler(({ input }) => instances.start(input)),
    previewStart: api.instances.previewStart.handler(({ input }) => instances.previewStart(input)),
    stats: api.instances.stats.handler(({ input }) => instances.stats(input)),
    logs: api.instances.logs.handler(({ input }) => instances.logs(input, input.limitBytes)),
    stop: api.instances.stop.handler(async ({ input }) => {
      await instances.stop(input);
      return {};
    }),
  };
}
