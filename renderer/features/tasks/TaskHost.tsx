import type { Task } from '#core/contract/tasks.ts';
import { hostOf, useHosts } from '#renderer/state/hosts.ts';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';

/** The host that a task works on, where there is more than one. */
export function TaskHost({ task, className }: { readonly task: Task; readonly className?: string }) {
  const host = useHosts((state) => hostOf(state, task.hostId));
  const hasOthers = useHosts((state) => state.hosts.length > 1);
  if (host === null || !hasOthers) return null;
  return (
    <HostLabel colour={host.colour} label={host.label} {...(className === undefined ? {} : { className })} />
  );
}
