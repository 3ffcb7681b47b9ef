import type { TerminalId } from '#core/contract/ids.ts';
import type { TerminalSize, TerminalToCore, TerminalToPage } from '#core/contract/terminals.ts';
import { type DoorChannel, type DoorLine, DoorRefusedError, isRefusal } from './door.ts';

/**
 * How a terminal's own line stands: `attached` once the screen has come, `lost` while it is tried again, `refused` and
 * `gone` for good.
 */
export type TerminalLineState = 'connecting' | 'attached' | 'lost' | 'refused' | 'gone';

/** Who shows a terminal. */
export interface TerminalViewer {
  /** The size that it can show now. */
  readonly size: () => TerminalSize;
  /**
   * The screen as escape sequences for a reset terminal of this size. The first after each attaching may be older than
   * a size that was told meanwhile (`isFirst`); a later one comes when another page has changed the size.
   */
  readonly onSnapshot: (
    snapshot: { readonly size: TerminalSize; readonly data: string },
    isFirst: boolean,
  ) => void;
  /** Output that follows the snapshot; `shown` must be called when it has been parsed. */
  readonly onBytes: (bytes: Uint8Array, shown: () => void) => void;
  readonly onEnded: (end: { readonly exitStatus: number | null; readonly signal: string | null }) => void;
  readonly onState: (state: TerminalLineState) => void;
}

/** A terminal's line from the page's side. Input while the line is lost is dropped: it would come as a surprise later. */
export interface TerminalLine {
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly resize: (size: TerminalSize) => void;
  /** Ends a wait between two tries. */
  readonly tryNow: () => void;
  readonly dispose: () => void;
}

const firstWaitMs = 200;
const longestWaitMs = 3000;
const acknowledgeBytes = 65_536;

/** @param open opens a line to core (`openDoor`); called again after each loss. */
export function attachTerminal(
  id: TerminalId,
  viewer: TerminalViewer,
  open: (channel: DoorChannel) => Promise<DoorLine>,
): TerminalLine {
  let pipe: Pipe | null = null;
  let waitMs = firstWaitMs;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let isOver = false;

  async function connect(): Promise<void> {
    retry = null;
    try {
      const line = await open({ terminal: id });
      if (isOver) closeLine(line);
      else begin(pipeOver(line));
    } catch (failure) {
      if (failure instanceof DoorRefusedError) end('refused');
      else lost();
    }
  }

  function begin(opened: Pipe): void {
    pipe = opened;
    let unacknowledged = 0;
    let isFirst = true;
    const isCurrent = () => pipe === opened && !isOver;
    opened.listen({
      onBytes(bytes) {
        if (!isCurrent()) return;
        viewer.onBytes(bytes, () => {
          unacknowledged += bytes.length;
          if (unacknowledged < acknowledgeBytes || !isCurrent()) return;
          opened.say({ type: 'acknowledge', bytes: unacknowledged });
          unacknowledged = 0;
        });
      },
      onMessage(message) {
        if (!isCurrent()) return;
        receive(message, isFirst);
        if (message.type === 'snapshot') isFirst = false;
      },
      onClose(isRefused) {
        if (!isCurrent()) return;
        if (isRefused) end('refused');
        else lost();
      },
    });
    opened.say({ type: 'attach', size: viewer.size() });
  }

  function receive(message: TerminalToPage, isFirst: boolean): void {
    switch (message.type) {
      case 'snapshot':
        waitMs = firstWaitMs;
        viewer.onSnapshot(message, isFirst);
        viewer.onState('attached');
        break;
      case 'ended':
        viewer.onEnded(message);
        break;
      case 'gone':
        end('gone');
        break;
    }
  }

  function lost(): void {
    pipe = null;
    if (isOver || retry !== null) return;
    viewer.onState('lost');
    retry = setTimeout(() => void connect(), waitMs);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }

  function end(state: 'refused' | 'gone'): void {
    dispose();
    viewer.onState(state);
  }

  function dispose(): void {
    isOver = true;
    if (retry !== null) clearTimeout(retry);
    retry = null;
    pipe?.close();
    pipe = null;
  }

  viewer.onState('connecting');
  void connect();
  return {
    send: (bytes) => pipe?.sendBytes(bytes),
    resize: (size) => pipe?.say({ type: 'resize', size }),
    tryNow() {
      if (retry === null) return;
      clearTimeout(retry);
      void connect();
    },
    dispose,
  };
}

interface PipeListener {
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onMessage: (message: TerminalToPage) => void;
  readonly onClose: (isRefused: boolean) => void;
}

/** A port or a socket, the same from here on. */
interface Pipe {
  readonly listen: (listener: PipeListener) => void;
  readonly say: (message: TerminalToCore) => void;
  readonly sendBytes: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly close: () => void;
}

function pipeOver(line: DoorLine): Pipe {
  return line.kind === 'port' ? portPipe(line.port) : socketPipe(line.socket);
}

function socketPipe(socket: WebSocket): Pipe {
  return {
    listen({ onBytes, onMessage, onClose }) {
      socket.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.data instanceof ArrayBuffer) onBytes(new Uint8Array(event.data));
        else if (typeof event.data === 'string') onMessage(asMessage(JSON.parse(event.data)));
      });
      if (socket.readyState === WebSocket.CLOSED) onClose(false);
      else socket.addEventListener('close', (event) => onClose(isRefusal(event)), { once: true });
    },
    // A socket that is closing takes no more, and says so by its close event.
    say: (message) =>
      socket.readyState === WebSocket.OPEN ? socket.send(JSON.stringify(message)) : undefined,
    sendBytes: (bytes) => (socket.readyState === WebSocket.OPEN ? socket.send(bytes) : undefined),
    close: () => socket.close(),
  };
}

function portPipe(port: MessagePort): Pipe {
  return {
    listen({ onBytes, onMessage, onClose }) {
      port.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.data instanceof Uint8Array) onBytes(event.data);
        else if (event.data instanceof ArrayBuffer) onBytes(new Uint8Array(event.data));
        else onMessage(asMessage(typeof event.data === 'string' ? JSON.parse(event.data) : event.data));
      });
      port.addEventListener('close', () => onClose(false), { once: true });
      port.start();
    },
    say: (message) => port.postMessage(message),
    sendBytes: (bytes) => port.postMessage(bytes),
    close: () => port.close(),
  };
}

/** What comes over this line was written by core for this page, by the contract. */
function asMessage(data: unknown): TerminalToPage {
  return data as TerminalToPage;
}

function closeLine(line: DoorLine): void {
  if (line.kind === 'port') line.port.close();
  else line.socket.close();
}
