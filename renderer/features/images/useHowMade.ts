import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BuildSummary, ImageTest } from '#core/contract/builds.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Image } from '#core/contract/images.ts';
import type { Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { isInReach } from './imageActions.ts';

/** The newest test of an image among the tasks; null where none is listed. */
export function useTestTask({ hostId, path }: Image): Task | null {
  return useTasks(
    ({ tasks }) =>
      tasks.find((task) => task.kind === 'image.test' && task.hostId === hostId && task.title === path) ??
      null,
  );
}

/** The build that made an image, and what its test last said; null until that is known. */
export function useHowMade(image: Image): {
  readonly answer: { readonly build: BuildSummary | null; readonly test: ImageTest | null } | null;
  readonly failure: ErrorReport | null;
} {
  const { hostId, path, modifiedAt, sizeBytes } = image;
  const task = useTestTask(image);
  const { data, error, isPlaceholderData } = useQuery({
    ...contractQuery({
      path: 'builds.howMade',
      hostId,
      // Asked again when a test of it ends.
      input: { path, modifiedAt, sizeBytes, test: `${task?.id} ${task?.status.state}` },
      call: async (signal) => ({ path, ...(await client.builds.howMade({ hostId, path }, { signal })) }),
    }),
    enabled: isInReach(image),
    placeholderData: keepPreviousData,
  });
  const isOther = isPlaceholderData && data?.path !== path;
  return {
    answer: data === undefined || isOther ? null : data,
    failure: error === null ? null : failureReport(error),
  };
}
