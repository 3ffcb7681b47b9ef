import { useQueries } from '@tanstack/react-query';
import type { Image, PushInput } from '#core/contract/images.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useDelayed } from '#renderer/api/useDelayed.ts';
import { pushInput, type SendAnswer, type SendForm, type SendRow, sendRow } from './sendPlan.ts';

const typingPauseMs = 250;

/** What would happen to each image, asked when the typing pauses and while the host can be asked. */
export function useSendRows(
  images: readonly Image[],
  form: SendForm,
  isAskable: boolean,
): readonly SendRow[] {
  const key = JSON.stringify([form.hostId, form.folder, form.fileName]);
  const isSettled = useDelayed(key, typingPauseMs) === key;
  const inputs = images.map((image) => pushInput(image, { ...form, overwrite: false }));
  const answers = usePlans(inputs, () => isAskable && isSettled);
  // Overwriting another file is done otherwise; until that plan is here, the first one stays in view.
  const overwriting = usePlans(
    inputs.map((input) => ({ ...input, overwrite: true })),
    (index) => isAskable && isSettled && form.overwrite && answers[index]?.plan?.exists?.isSame === false,
  );
  return images.map((image, index) => {
    const answer = answers[index] ?? { plan: null, failure: null };
    const plan = overwriting[index]?.plan ?? answer.plan;
    return sendRow(image, { plan, failure: answer.failure }, form.overwrite);
  });
}

function usePlans(inputs: readonly PushInput[], isWanted: (index: number) => boolean): readonly SendAnswer[] {
  const answers = useQueries({
    queries: inputs.map((input, index) => ({
      ...contractQuery({
        path: 'images.planPush',
        hostId: input.hostId,
        input,
        call: (signal) => client.images.planPush(input, { signal }),
      }),
      enabled: isWanted(index),
      // What is there may have changed since.
      staleTime: 0,
      gcTime: 0,
    })),
  });
  return answers.map(({ data, error }) => ({
    plan: data ?? null,
    failure: error === null ? null : failureReport(error),
  }));
}
