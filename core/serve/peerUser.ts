import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

/** A connection to this machine's loopback by IPv4, as seen from the end that listens. */
export interface PeerAddresses {
  /** The other end's address, as dotted numbers, and port. */
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  /** Ours. */
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/**
 * Whether the other end of a loopback connection belongs to this user or to root, by the kernel's own tables. So a
 * launch token is of no use to others on the machine, who see it among the browser's arguments. True where there are
 * no such tables (other systems than Linux): there the token is not shown. The second table, where an IPv6 socket that
 * connected to an IPv4 address stands, is read when the first has nothing: each takes the kernel milliseconds.
 */
export async function isOwnPeer(peer: PeerAddresses, ownUserId: number): Promise<boolean> {
  let isKnown = false;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const table = await readTable(file);
    isKnown ||= table !== null;
    const userId = peerUserId(table ?? '', peer);
    if (userId !== null) return userId === ownUserId || userId === 0;
  }
  return !isKnown;
}

/**
 * User of the other end of an established connection, from the text of `/proc/net/tcp` or `tcp6`; null when it is not
 * there. Format: proc(5); the columns are sl, local address, remote address, state, queues, timers, retransmits, uid;
 * an address is the bytes in the machine's order, each four of them as one hexadecimal number, and the port.
 */
export function peerUserId(table: string, peer: PeerAddresses): number | null {
  const theirs = addressOf(peer.remoteAddress, peer.remotePort);
  const ours = addressOf(peer.localAddress, peer.localPort);
  if (theirs === null || ours === null) return null;
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', state, , , , userId = ''] = line.trim().split(/\s+/);
    if (state === established && isAddress(local, theirs) && isAddress(remote, ours)) return Number(userId);
  }
  return null;
}

const established = '01';

/** How an IPv4 address stands in the table of IPv6. */
const mappedPrefix = endianness() === 'LE' ? '0000000000000000FFFF0000' : '00000000000000000000FFFF';

function isAddress(written: string, address: string): boolean {
  return written === address || written === `${mappedPrefix}${address}`;
}

/** `127.0.0.1` and 80 → `0100007F:0050` where the lowest byte comes first. */
function addressOf(address: string | undefined, port: number | undefined): string | null {
  if (address === undefined || port === undefined || !isIPv4(address)) return null;
  const bytes = address.split('.').map(Number);
  if (endianness() === 'LE') bytes.reverse();
  return `${Buffer.from(bytes).toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

async function readTable(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null; // no such table here, or IPv6 is off
  }
}
