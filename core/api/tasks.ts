import { workbenchError } from '#core/errors/workbenchError.ts';
import { api } from './base.ts';
import type { Services } from './services.ts';

export function tasksApi({ tasks }: Services) {
  return {
    watch: api.tasks.watch.handler(({ signal }) => tasks.watch(signal)),
    watchLog: api.tasks.watchLog.handler(({ input, signal }) => {
      if (tasks.get(input.id) === null) throw workbenchError('task.unknown', { id: input.id });
      return tasks.watchLog(input.id, input.from, signal);
    }),
    cancel: api.tasks.cancel.handler(async ({ input }) => {
      await tasks.cancel(input.id);
      return {};
    }),
    retry: api.tasks.retry.handler(async ({ input }) => ({ taskId: await tasks.retry(input.id) })),
    dismiss: api.tasks.dismiss.handler(async ({ input }) => {
      await tasks.dismiss(input.ids);
      return {};
    }),
  };
}
