import { lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** Listens on 127.0.0.1 and answers the port; 0 lets the system choose one. */
export async function listenOnPort(server: Server, port: number): Promise<number> {
  await started(server, () => server.listen({ host: '127.0.0.1', port }));
  return (server.address() as AddressInfo).port;
}

/**
 * Listens on a unix socket that only this user may open (mode 0600). A socket that a dead host left behind is
 * replaced; one that answers is left alone, and so is anything that is not a socket.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  try {
    await bindPrivately(server, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    if (!(await lstat(path)).isSocket() || (await answers(path))) throw error;
    await unlink(path);
    await bindPrivately(server, path);
  }
}

function bindPrivately(server: Server, path: string): Promise<void> {
  return started(server, () => {
    // The socket is bound within listen(), so no other mode is ever seen.
    const previous = process.umask(0o177);
    try {
      server.listen({ path });
    } finally {
      process.umask(previous);
    }
  });
}

function started(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
