import { api } from './base.ts';
import type { Services } from './services.ts';

export function terminalsApi({ terminals }: Services) {
  return {
    watch: api.terminals.watch.handler(({ signal }) => terminals.watch(signal)),
    open: api.terminals.open.handler(({ input }) =>
      terminals.open(input.subject, input.size, input.passphrase),
    ),
    rename: api.terminals.rename.handler(({ input }) => {
      terminals.rename(input.id, input.title);
      return {};
    }),
    close: api.terminals.close.handler(async ({ input }) => {
      await terminals.close(input.id);
      return {};
    }),
  };
}
