import { useQueries } from '@tanstack/react-query';
import type { Image } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { pushInput, type SendForm, type SendRow, sendRow } from './sendPlan.ts';
import { useDelayed } from './useDelayed.ts';

const typingPauseMs = 250;

/** What would happen to each image, asked when the typing pauses and while the host can be asked. */
export function useSendRows(
  images: readonly Image[],
  form: SendForm,
  isAskable: boolean,
): readonly SendRow[] {
  // What stands in the way is told in either case: whether it is overwritten changes nothing of the plan.
  const inputs = images.map((image) => pushInput(image, { ...form, overwrite: true }));
  const key = JSON.stringify([form.hostId, form.folder, form.fileName]);
  const isSettled = useDelayed(key, typingPauseMs) === key;
  const answers = useQueries({
    queries: inputs.map((input) => ({
      ...contractQuery({
        path: 'images.planPush',
        hostId: input.hostId,
        input,
        call: (signal) => client.images.planPush(input, { signal }),
      }),
      enabled: isAskable && isSettled,
      // What is there may have changed since.
      staleTime: 0,
      gcTime: 0,
    })),
  });
  return images.map((image, index) => {
    const answer = answers[index];
    const error = answer?.error ?? null;
    const failure = error === null ? null : failureReport(error);
    return sendRow(image, { plan: answer?.data ?? null, failure }, form.overwrite);
  });
}
