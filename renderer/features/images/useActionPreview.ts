import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ErrorReport } from '#core/contract/errors.ts';
import { type ActionInput, actionInputSchema } from '#core/contract/images.ts';
import type { HostEntry } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useDelayed } from '#renderer/api/useDelayed.ts';

const typingPauseMs = 200;

export interface ActionPreview {
  readonly command: string;
  readonly enters: readonly HostEntry[];
  readonly warnings: readonly string[];
}

/** The exact command of an action and what enters from the host; the last good answer stays while typing. */
export function useActionPreview(input: ActionInput): {
  readonly preview: ActionPreview | null;
  readonly failure: ErrorReport | null;
} {
  const wanted = useDelayed(JSON.stringify(input), typingPauseMs);
  const { data, error } = useQuery({
    ...contractQuery({
      path: 'images.previewAction',
      hostId: input.hostId,
      input: wanted,
      call: (signal) => client.images.previewAction(actionInputSchema.parse(JSON.parse(wanted)), { signal }),
    }),
    placeholderData: keepPreviousData,
  });
  return { preview: data ?? null, failure: error === null ? null : failureReport(error) };
}
