import { api } from './base.ts';
import type { Services } from './services.ts';

export function compareApi({ comparing, tasks }: Services) {
  return {
    start: api.compare.start.handler(async ({ input }) => {
      await comparing.check(input);
      return { taskId: await tasks.start('image.compare', input) };
    }),
    list: api.compare.list.handler(async () => ({ comparisons: [...(await comparing.list())] })),
    remove: api.compare.remove.handler(async ({ input }) => {
      await comparing.remove(input.taskIds);
      return {};
    }),
    result: api.compare.result.handler(({ input }) => comparing.result(input.taskId)),
    files: api.compare.files.handler(async ({ input }) => {
      const { rows, matching } = await comparing.files(input);
      return { rows: [...rows], matching };
    }),
    packages: api.compare.packages.handler(async ({ input }) => {
      const { rows, matching } = await comparing.packages(input);
      return { rows: [...rows], matching };
    }),
    text: api.compare.text.handler(async ({ input }) => ({ text: await comparing.text(input.taskId) })),
  };
}
