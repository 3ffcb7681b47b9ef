import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { failureReport } from './failure.ts';

export interface Submitting {
  readonly isBusy: boolean;
  /** The last try's failure, until the form changes. */
  readonly failure: ErrorReport | null;
  /** Runs the work of a form; a second press while it runs does nothing. */
  readonly submit: (work: () => Promise<void>) => Promise<void>;
  readonly forgetFailure: () => void;
}

/** The work of a dialog's form, with its failure kept for the dialog. */
export function useSubmit(): Submitting {
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  return {
    isBusy,
    failure,
    forgetFailure: () => setFailure(null),
    async submit(work) {
      if (isBusy) return;
      setIsBusy(true);
      setFailure(null);
      try {
        await work();
      } catch (thrown) {
        setFailure(failureReport(thrown));
      } finally {
        setIsBusy(false);
      }
    },
  };
}
