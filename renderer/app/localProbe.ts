import { client } from '#renderer/api/client.ts';
import { NotConnectedError } from '#renderer/api/connection.ts';
import { type HostsState, hostsStore } from '#renderer/state/hosts.ts';
import { reportFailure } from '#renderer/state/notices.ts';

/**
 * Asks core to look at its own machine as long as it has not: now, and when another core is at the other end. Not to be
 * called before the first picture is drawn, which the hundreds of small programs of a probe would delay.
 */
export function followLocalProbe(): void {
  hostsStore.subscribe(askWhereUnknown);
  askWhereUnknown(hostsStore.getState());
}

function askWhereUnknown({ hosts }: HostsState): void {
  if (!hosts.some(({ kind, facts }) => kind === 'local' && facts === null)) return;
  client.hosts.begin().catch((failure: unknown) => {
    // The next core tells its hosts when the line is back.
    if (!(failure instanceof NotConnectedError)) reportFailure(failure);
  });
}
