import { type Implementer, implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { type Contract, contract } from '#core/contract/index.ts';

type Procedures = Implementer<Contract, Record<never, never>, Record<never, never>>;

/**
 * Stands in for core at the page's door, for tests: a port as the preload gives it, answered by the handlers given.
 * Everything between the component and the port is the real thing.
 */
export function serveFakeCore(handlersOf: (os: Procedures) => Readonly<Record<string, object>>): void {
  const handler = new RPCHandler(handlersOf(implement(contract)) as never);
  Object.defineProperty(window, 'workbench', {
    configurable: true,
    value: {
      connect(channel: unknown) {
        const { port1, port2 } = new MessageChannel();
        handler.upgrade(port1);
        port1.start();
        const event = new MessageEvent('message', {
          data: { type: 'workbench.port', channel },
          origin: location.origin,
          source: window,
          ports: [port2],
        });
        window.dispatchEvent(event);
      },
    },
  });
}
