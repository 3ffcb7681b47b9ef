import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import { isActive, useTasks } from '#renderer/state/tasks.ts';
import { useTerminals } from '#renderer/state/terminals.ts';
import { forgetWorkspaces, workspacesQuery } from './workspacesQuery.ts';

/** The workspaces of a host, read again when work on them has ended, or a terminal that may have one was opened or closed. */
export function useWorkspaceList(hostId: HostId) {
  const query = useQuery(workspacesQuery(hostId));
  const endedWork = useTasks((state) =>
    state.tasks
      .filter((task) => task.kind.startsWith('workspace.') && task.hostId === hostId && !isActive(task))
      .map((task) => task.id)
      .join(' '),
  );
  const terminals = useTerminals((state) =>
    state.terminals.map(({ id, ended }) => `${id}${ended === null ? '' : ' ended'}`).join(' '),
  );
  const seen = useRef({ endedWork, terminals });
  useEffect(() => {
    if (seen.current.endedWork === endedWork && seen.current.terminals === terminals) return;
    seen.current = { endedWork, terminals };
    void forgetWorkspaces();
  }, [endedWork, terminals]);
  return query;
}
