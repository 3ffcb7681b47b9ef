import { describe, expect, it, vi } from 'vitest';
import { type TerminalId, terminalIdSchema } from '#core/contract/ids.ts';
import type { TerminalToCore, TerminalToPage } from '#core/contract/terminals.ts';
import { type DoorLine, DoorRefusedError } from './door.ts';
import { attachTerminal, type TerminalLineState, type TerminalViewer } from './terminalChannel.ts';

const id: TerminalId = terminalIdSchema.parse('terminal-1');
const size = { columns: 90, rows: 30 };

/** Core's end of the lines that a page opens: ports, as in the desktop window. */
function coreInHand() {
  const ports: MessagePort[] = [];
  const heard: (TerminalToCore | Uint8Array)[] = [];
  let refusal: Error | null = null;
  return {
    ports,
    heard,
    refuse(failure: Error) {
      refusal = failure;
    },
    open: (): Promise<DoorLine> => {
      if (refusal !== null) return Promise.reject(refusal);
      const { port1, port2 } = new MessageChannel();
      port2.addEventListener('message', (event: MessageEvent<TerminalToCore | Uint8Array>) =>
        heard.push(event.data),
      );
      port2.start();
      ports.push(port2);
      return Promise.resolve({ kind: 'port', port: port1 });
    },
    say: (message: TerminalToPage | Uint8Array) => ports.at(-1)?.postMessage(message),
  };
}

function viewerInHand() {
  const states: TerminalLineState[] = [];
  const seen: unknown[] = [];
  const shown: (() => void)[] = [];
  const viewer: TerminalViewer = {
    size: () => size,
    onSnapshot: (snapshot, isFirst) => seen.push(isFirst ? snapshot.data : `later ${snapshot.data}`),
    onBytes: (bytes, isShown) => {
      seen.push(bytes.length);
      shown.push(isShown);
    },
    onEnded: (end) => seen.push(end.exitStatus),
    onState: (state) => states.push(state),
  };
  return { viewer, states, seen, shown };
}

describe('attachTerminal', () => {
  it('attaches with its size, shows the snapshot, then bytes and the end', async () => {
    const core = coreInHand();
    const { viewer, states, seen } = viewerInHand();
    const line = attachTerminal(id, viewer, core.open);
    await vi.waitFor(() => expect(core.heard).toEqual([{ type: 'attach', size }]));
    core.say({ type: 'snapshot', size, data: 'screen' });
    core.say(new Uint8Array(3));
    core.say({ type: 'ended', exitStatus: 7, signal: null });
    core.say({ type: 'snapshot', size, data: 'screen' });
    await vi.waitFor(() => expect(seen).toEqual(['screen', 3, 7, 'later screen']));
    expect(states).toEqual(['connecting', 'attached', 'attached']);
    line.send(new TextEncoder().encode('ls'));
    line.resize({ columns: 80, rows: 24 });
    await vi.waitFor(() => expect(core.heard).toHaveLength(3));
    expect(core.heard[1]).toEqual(new TextEncoder().encode('ls'));
    line.dispose();
  });

  it('acknowledges what has been shown, 64 KiB at a time', async () => {
    const core = coreInHand();
    const { viewer, shown } = viewerInHand();
    const line = attachTerminal(id, viewer, core.open);
    await vi.waitFor(() => expect(core.heard).toHaveLength(1));
    core.say(new Uint8Array(40_000));
    core.say(new Uint8Array(40_000));
    await vi.waitFor(() => expect(shown).toHaveLength(2));
    shown[0]?.();
    shown[1]?.();
    await vi.waitFor(() => expect(core.heard.slice(1)).toEqual([{ type: 'acknowledge', bytes: 80_000 }]));
    line.dispose();
  });

  it('attaches again by itself when the line is lost', async () => {
    const core = coreInHand();
    const { viewer, states, seen } = viewerInHand();
    const line = attachTerminal(id, viewer, core.open);
    await vi.waitFor(() => expect(core.heard).toHaveLength(1));
    core.ports[0]?.close();
    await vi.waitFor(() => expect(core.heard).toHaveLength(2));
    core.say({ type: 'snapshot', size, data: 'again' });
    await vi.waitFor(() => expect(seen).toEqual(['again']));
    expect(states).toEqual(['connecting', 'lost', 'attached']);
    line.dispose();
  });

  it.each([['gone', (core: ReturnType<typeof coreInHand>) => core.say({ type: 'gone' })]] as const)(
    'stays %s',
    async (state, happen) => {
      const core = coreInHand();
      const { viewer, states } = viewerInHand();
      attachTerminal(id, viewer, core.open);
      await vi.waitFor(() => expect(core.heard).toHaveLength(1));
      happen(core);
      await vi.waitFor(() => expect(states.at(-1)).toBe(state));
      expect(core.ports).toHaveLength(1);
    },
  );

  it('does not try again where the token is refused', async () => {
    const core = coreInHand();
    core.refuse(new DoorRefusedError('no'));
    const { viewer, states } = viewerInHand();
    attachTerminal(id, viewer, core.open);
    await vi.waitFor(() => expect(states).toEqual(['connecting', 'refused']));
  });
});
