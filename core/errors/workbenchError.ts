import type { ErrorCode, ErrorReport } from '#core/contract/errors.ts';
import { describeError } from './catalogue.ts';

export type ErrorFacts = Readonly<Record<string, string | number | boolean | null>>;

/** Where a failure was seen. All optional; text is masked by whoever gives it. */
export interface ErrorEvidence {
  readonly hostId?: ErrorReport['hostId'];
  readonly command?: string;
  readonly evidence?: string;
  readonly exitStatus?: number | null;
  readonly cause?: unknown;
}

/** A failure that has a name. Everything that core throws on purpose is one of these. */
export class WorkbenchError extends Error {
  override readonly name = 'WorkbenchError';
  readonly report: ErrorReport;

  constructor(report: ErrorReport, cause?: unknown) {
    super(report.title, cause === undefined ? undefined : { cause });
    this.report = report;
  }
}

const evidenceLimit = 16_384;

/** A named failure with its facts: the catalogue gives it words. */
export function workbenchError(
  code: ErrorCode,
  facts: ErrorFacts = {},
  where: ErrorEvidence = {},
): WorkbenchError {
  const words = describeError(code, facts);
  return new WorkbenchError(
    {
      code,
      ...words,
      data: { ...facts },
      hostId: where.hostId ?? null,
      command: where.command ?? null,
      evidence: where.evidence === undefined ? null : where.evidence.slice(-evidenceLimit),
      exitStatus: where.exitStatus ?? null,
    },
    where.cause,
  );
}

/** Whatever was thrown → a report; what has no name is `internal` with its stack as evidence. */
export function reportOf(thrown: unknown): ErrorReport {
  if (thrown instanceof WorkbenchError) return thrown.report;
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : JSON.stringify(thrown);
  return workbenchError('internal', {}, { evidence: text }).report;
}
