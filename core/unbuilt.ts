import { workbenchError } from '#core/errors/workbenchError.ts';

/** Stands for a capability whose contract is there before itself: every call fails. */
export function unbuilt<Capability extends object>(name: string): Capability {
  return new Proxy({} as Capability, {
    get: () => () => {
      throw workbenchError('internal', { reason: `${name} is not built yet` });
    },
  });
}
