import { api } from './base.ts';
import type { Services } from './services.ts';

export function commandLogApi({ commandLog }: Services) {
  return {
    watch: api.commandLog.watch.handler(({ signal }) => commandLog.watch(signal)),
    exportScript: api.commandLog.exportScript.handler(({ input }) => ({
      script: commandLog.exportScript(input.ids),
    })),
  };
}
