import type { Task } from '#core/contract/tasks.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, hostOf, isConnecting, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';

/** Connects the host of work that goes on alone there, so that it is found again. Nothing for any other task. */
export function ReconnectButton({ task, className }: { readonly task: Task; readonly className?: string }) {
  const text = useText('tasks');
  const host = useHosts((state) => hostOf(state, task.hostId));
  if (task.status.state !== 'detached' || host === null || isReachable(host)) return null;
  return (
    <Button className={className} isBusy={isConnecting(host)} onClick={() => connectHost(host.id)}>
      {text('reconnect')}
    </Button>
  );
}
