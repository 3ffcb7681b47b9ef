import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { BuildRecord, BuildSummary } from '#core/contract/builds.ts';
import type { TaskId } from '#core/contract/ids.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { contractKey, contractQuery, queryClient } from '#renderer/api/query.ts';
import { tasksStore } from '#renderer/state/tasks.ts';

const historyQuery = contractQuery({
  path: 'builds.history',
  hostId: null,
  call: (signal) => client.builds.history(undefined, { signal }),
});

/** All builds, newest first; null until they are known. */
export function useBuildHistory(): {
  readonly builds: readonly BuildSummary[] | null;
  readonly error: Error | null;
} {
  const { data, error } = useQuery(historyQuery);
  return { builds: data?.builds ?? null, error };
}

/** Everything about a build; follows it while it runs. */
export function useBuildRecord(id: TaskId | null): {
  readonly build: BuildRecord | null;
  readonly error: Error | null;
} {
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'builds.detail',
      hostId: null,
      input: id,
      call: (signal) => {
        if (id === null) throw new Error('asked for no build');
        return client.builds.detail({ id }, { signal });
      },
    }),
    enabled: id !== null,
    placeholderData: keepPreviousData,
  });
  return { build: data?.id === id ? (data ?? null) : null, error };
}

/** Core's tasks tell when something about builds is new: then it is asked for again. */
export function useBuildsFollowed(): void {
  useEffect(
    () =>
      tasksStore.subscribe((state, before) => {
        if (state.tasks === before.tasks) return;
        const known = new Map(before.tasks.map((task) => [task.id, task]));
        for (const task of state.tasks) {
          if (task.kind !== 'image.build') continue;
          const old = known.get(task.id);
          if (old === task) continue;
          if (old === undefined || newsOf(old) !== newsOf(task))
            void queryClient.invalidateQueries({ queryKey: contractKey('builds.detail', null, task.id) });
          if (old?.status.state !== task.status.state)
            void queryClient.invalidateQueries({ queryKey: ['builds.history'] });
        }
      }),
    [],
  );
}

/** Changes with each message of the runtime and each phase, not with each percent. */
function newsOf({ status }: Task): string {
  const isMoving = status.state === 'running' || status.state === 'cancelling';
  const progress = isMoving ? status.progress : null;
  return `${status.state} ${progress?.phase ?? ''} ${progress?.text ?? ''}`;
}
