import { readFile } from 'node:fs/promises';

/** A connection to this machine's loopback, as seen from the end that listens. */
export interface PeerPorts {
  /** The other end's port. */
  readonly remotePort?: number | undefined;
  /** Ours. */
  readonly localPort?: number | undefined;
}

/**
 * Whether the other end of a loopback connection belongs to this user or to root, by the kernel's own table. So a
 * launch token is of no use to others on the machine, who see it among the browser's arguments. True where there is
 * no such table (other systems than Linux): there the token is not shown.
 */
export async function isOwnPeer(ports: PeerPorts, ownUserId: number): Promise<boolean> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable));
  if (tables.every((table) => table === null)) return true;
  const userIds = tables.flatMap((table) => peerUserIds(table ?? '', ports));
  return userIds.length > 0 && userIds.every((userId) => userId === ownUserId || userId === 0);
}

/**
 * Users of the established connections that have these ports, from the text of `/proc/net/tcp` or `tcp6`. A
 * connection by IPv6 to an IPv4 address is in the second one. Format: proc(5); the columns are sl, local address,
 * remote address, state, queues, timers, retransmits, uid, with ports in hexadecimal.
 */
export function peerUserIds(table: string, ports: PeerPorts): number[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state, , , , userId = ''] = line.trim().split(/\s+/);
    const isPeer = portOf(local) === ports.remotePort && portOf(remote) === ports.localPort;
    return isPeer && state === established ? [Number(userId)] : [];
  });
}

const established = '01';

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}

async function readTable(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null; // no such table here, or IPv6 is off
  }
}
