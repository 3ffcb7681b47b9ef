// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HostId, terminalIdSchema } from '#core/contract/ids.ts';
import type { Terminal } from '#core/contract/terminals.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { terminalsStore } from '#renderer/state/terminals.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSshHost } from '#renderer/testing/samples.ts';
import { EndedBar } from './PaneBars.tsx';

const asked = vi.fn();
const lost = sampleSshHost({ connection: { state: 'lost', since: 0, reason: null } });

function endedTerminal(exitStatus: number | null, hostId: HostId = lost.id): Terminal {
  return {
    id: terminalIdSchema.parse('11111111-dddd'),
    hostId,
    title: 'tool @ hydra',
    subject: { kind: 'hostShell', hostId, folder: null },
    command: 'ssh -t hydra',
    startedAt: 1,
    ended: { at: 2, exitStatus, signal: exitStatus === null ? 'SIGHUP' : null },
  };
}

beforeAll(() => {
  serveFakeCore((os) => ({
    hosts: {
      connect: os.hosts.connect.handler(({ input }) => {
        asked('connect', input.hostId);
        return sampleSshHost();
      }),
    },
    terminals: {
      open: os.terminals.open.handler(({ input }) => {
        asked('open', input.subject.kind);
        return { ...endedTerminal(0), id: terminalIdSchema.parse('22222222-dddd'), ended: null };
      }),
      close: os.terminals.close.handler(({ input }) => {
        asked('close', input.id);
        return {};
      }),
    },
  }));
});
beforeEach(() => {
  asked.mockClear();
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost, lost] });
});

function bar(terminal: Terminal) {
  terminalsStore.setState({ isLoaded: true, terminals: [terminal], activeId: terminal.id });
  return renderPage(<EndedBar terminal={terminal} />);
}

describe('the end of a terminal', () => {
  it('says that the line took it along, and opens it again after connecting', async () => {
    const { user } = bar(endedTerminal(null));
    expect(screen.getByText('connection lost')).toBeDefined();
    expect(screen.getByText('The connection to hydra was lost, and this terminal with it.')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Open again' }));
    await waitFor(() =>
      expect(asked.mock.calls).toEqual([
        ['connect', 'hydra'],
        ['open', 'hostShell'],
        ['close', '11111111-dddd'],
      ]),
    );
  });

  it('takes 255 for a lost line only while the host is out of reach', () => {
    const { unmount } = bar(endedTerminal(255));
    expect(screen.getByRole('button', { name: 'Open again' })).toBeDefined();
    unmount();
    hostsStore.setState({ hosts: [sampleHost, sampleSshHost()] });
    bar(endedTerminal(255));
    expect(screen.getByText('Ended with status 255.')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Restart' })).toBeDefined();
  });
});
