import type { ErrorReport } from '#core/contract/errors.ts';
import { WorkbenchError } from '#core/errors/workbenchError.ts';

/** The report that a promise fails with; fails the test when it does not, or with something without a name. */
export async function failureOf(work: Promise<unknown>): Promise<ErrorReport> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return thrown.report;
    throw thrown;
  }
  throw new Error('It succeeded.');
}
