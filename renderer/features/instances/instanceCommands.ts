import { CirclePlay, CircleStop, RefreshCw, ScrollText, ServerCog, SquareTerminal } from 'lucide-react';
import type { Instance } from '#core/contract/instances.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { currentHost, hostsStore, isReachable } from '#renderer/state/hosts.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { instancesStore, showInstancesDialog } from './instancesState.ts';

/** Whether the shown host can be asked for its instances. */
function isInReach(): boolean {
  const host = currentHost(hostsStore.getState());
  return host !== null && isReachable(host);
}

/** One of another node cannot be reached from here. */
const hasRunning = ({ page }: CommandContext) =>
  page === 'instances' && instancesStore.getState().chosen?.isRunning === true;

function withChosen(perform: (instance: Instance) => void | Promise<void>): () => void | Promise<void> {
  return () => {
    const { chosen } = instancesStore.getState();
    return chosen === null ? undefined : perform(chosen);
  };
}

/** Commands of the instances page. */
export const instanceCommands: readonly Command[] = [
  {
    id: 'instances.start',
    label: 'instances:commands.start',
    group: 'instances',
    keywords: ['background', 'service', 'server', 'daemon', 'run'],
    icon: CirclePlay,
    isEnabled: isInReach,
    perform: () => {
      goToPage('instances');
      showInstancesDialog({ kind: 'start', imagePath: null });
    },
  },
  {
    id: 'instances.refresh',
    label: 'instances:commands.refresh',
    group: 'instances',
    keywords: ['reload'],
    icon: RefreshCw,
    isEnabled: ({ page }) => page === 'instances' && isInReach(),
    perform: async () =>
      (await import('./instanceQueries.ts')).refreshInstances(hostsStore.getState().currentId),
  },
  {
    id: 'instances.shell',
    label: 'instances:commands.shell',
    group: 'instances',
    keywords: ['terminal', 'exec', 'inside'],
    icon: SquareTerminal,
    isEnabled: hasRunning,
    perform: withChosen(async ({ hostId, name }) => {
      await openTerminal({ kind: 'instance', instance: { hostId, name } });
    }),
  },
  {
    id: 'instances.logs',
    label: 'instances:commands.logs',
    group: 'instances',
    keywords: ['output', 'errors', 'stdout', 'stderr'],
    icon: ScrollText,
    isEnabled: hasRunning,
    perform: withChosen(async ({ hostId }) => {
      instancesStore.setState({ tab: 'log' });
      await (await import('./instanceQueries.ts')).refreshLogs(hostId);
    }),
  },
  {
    id: 'instances.stop',
    label: 'instances:commands.stop',
    group: 'instances',
    keywords: ['end', 'kill', 'terminate'],
    icon: CircleStop,
    isDanger: true,
    isEnabled: hasRunning,
    perform: withChosen((instance) => showInstancesDialog({ kind: 'stop', instance })),
  },
  {
    id: 'frame.instances',
    label: 'instances:commands.go',
    group: 'go',
    keywords: ['background', 'service', 'page'],
    icon: ServerCog,
    perform: () => goToPage('instances'),
  },
];
