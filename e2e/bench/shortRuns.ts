import { hostPathFromText } from '#core/contract/hostPath.ts';
import { localHostId, type TerminalId } from '#core/contract/ids.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import type { TerminalToPage } from '#core/contract/terminals.ts';
import { openClient, openTerminalSocket } from '../fixtures/client.ts';
import type { Host } from '../fixtures/host.ts';

const bytesOfRun = 3_000_000;
const size = { columns: 80, rows: 24 };
/** Waits for a line, so that every byte after it is counted, and ends right after the last one. */
const script = `stty -echo; read go; head -c ${bytesOfRun} /dev/zero | tr '\\0' x`;

/** Runs a program in a container this often, each with a terminal of its own; gives how many bytes never came. */
export async function lostBytes(host: Host, image: string, runs: number): Promise<number> {
  const { client, session, close } = await openClient(host);
  let lost = 0;
  for (let run = 0; run < runs; run += 1) {
    const { id } = await client.terminals.open({
      subject: {
        kind: 'container',
        action: {
          hostId: localHostId,
          path: hostPathFromText(image),
          verb: 'exec',
          options: defaultActionOptions,
          args: ['sh', '-c', script],
        },
      },
      size,
    });
    lost += bytesOfRun - (await bytesOf(host, session, id));
    await client.terminals.close({ id });
  }
  close();
  return lost;
}

async function bytesOf(host: Host, session: string, id: TerminalId): Promise<number> {
  const socket = await openTerminalSocket(host, session, id);
  let seen = 0;
  const ended = new Promise<void>((resolve, reject) => {
    socket.once('close', (code) => reject(new Error(`the socket closed with ${code}`)));
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        seen += data.filter((byte) => byte === 0x78).length;
        socket.send(JSON.stringify({ type: 'acknowledge', bytes: data.length }));
        return;
      }
      const message = JSON.parse(data.toString()) as TerminalToPage;
      if (message.type === 'snapshot') socket.send(Buffer.from('go\n'));
      if (message.type === 'ended') resolve();
    });
  });
  socket.send(JSON.stringify({ type: 'attach', size }));
  await ended;
  socket.close();
  return seen;
}
