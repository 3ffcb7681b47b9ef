import { RPCHandler } from '@orpc/server/message-port';
import { type IpcMainEvent, ipcMain, MessageChannelMain } from 'electron';
import { z } from 'zod';
import { terminalIdSchema } from '#core/contract/ids.ts';
import type { Core } from '#core/createCore.ts';
import { isOwnPage } from './pageAddress.ts';
import { portChannel } from './portChannel.ts';

/** What a page may ask a port for (core/serve/handshake.ts). */
const channelSchema = z.union([z.literal('rpc'), z.strictObject({ terminal: terminalIdSchema })]);
type Channel = z.infer<typeof channelSchema>;

/** Hands a port to our own page each time that its preload asks, and puts the core at the other end. */
export function answerConnections(core: Promise<Core>): void {
  ipcMain.on('workbench.connect', (event, asked: unknown) => {
    const channel = channelSchema.safeParse(asked);
    if (!channel.success || !isFromOwnPage(event)) return;
    connect(event, channel.data, core).catch((error: unknown) => console.error(error));
  });
}

/** Every frame can send to this process; only the top frame of our own page is answered. */
function isFromOwnPage(event: IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOwnPage(frame.url);
}

async function connect(event: IpcMainEvent, channel: Channel, coming: Promise<Core>): Promise<void> {
  const core = await coming;
  const { port1, port2 } = new MessageChannelMain();
  if (channel === 'rpc') new RPCHandler(core.router).upgrade(port1);
  else core.terminals.attach(channel.terminal, portChannel(port1));
  // The frame may be gone by now; then its end of the port is collected, and ours closes.
  event.senderFrame?.postMessage('workbench.port', channel, [port2]);
  port1.start();
}
