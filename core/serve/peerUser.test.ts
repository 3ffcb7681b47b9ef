import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { isOwnPeer, peerUserId } from './peerUser.ts';

/** Lines as Linux 6 writes them: a listener, a connection's two ends, one that is waiting out its end. */
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:13C1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 22910 1 0000000000000000 100 0 0 10 0
   1: 0100007F:D431 0100007F:13C1 01 00000000:00000000 00:00000000 00000000  1001        0 55012 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:13C1 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 55013 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:D432 0100007F:13C1 06 00000000:00000000 03:0000176C 00000000     0        0 0 3 0000000000000000
`;
const table6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:D433 0000000000000000FFFF00000100007F:13C1 01 00000000:00000000 00:00000000 00000000  1002        0 55040 1 0000000000000000 20 4 30 10 -1
`;

const peer = (remotePort: number, remoteAddress = '127.0.0.1') => ({
  remoteAddress,
  remotePort,
  localAddress: '127.0.0.1',
  localPort: 0x13c1,
});

test('finds who is at the other end, not who listens', () => {
  expect(peerUserId(table, peer(0xd431))).toBe(1001);
  expect(peerUserId(table6, peer(0xd433))).toBe(1002);
});

test('does not take another connection with the same port for it', () => {
  expect(peerUserId(table, peer(0xd431, '127.0.0.2'))).toBeNull();
  expect(peerUserId(table, { ...peer(0xd431), localAddress: '127.0.0.2' })).toBeNull();
});

test('a connection that has ended says nothing of its user', () => {
  expect(peerUserId(table, peer(0xd432))).toBeNull();
  expect(peerUserId(table, peer(0xd499))).toBeNull();
  expect(peerUserId('', {})).toBeNull();
  expect(peerUserId(table, peer(0xd431, '::1'))).toBeNull();
});

test('a connection of this process is its own user’s, and not another’s', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  const own = process.getuid?.() ?? 0;
  expect(await isOwnPeer(accepted, own)).toBe(true);
  // Root may look at everybody's work anyway, so its connections are let in.
  if (own !== 0) expect(await isOwnPeer(accepted, own + 1)).toBe(false);
  expect(await isOwnPeer(peer(1), own)).toBe(process.platform !== 'linux');
  client.destroy();
  server.close();
});
