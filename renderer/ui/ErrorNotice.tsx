import { ChevronRight, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CodeBlock } from './CodeBlock.tsx';

export interface ErrorNoticeProps {
  readonly report: ErrorReport;
  /** The button of the next click, such as Retry. */
  readonly action?: ReactNode;
}

/** A failure in words: what happened, why, what to do next, and the evidence for those who want it. */
export function ErrorNotice({ report, action }: ErrorNoticeProps) {
  const text = useText('common');
  const evidence = evidenceText(report);
  return (
    <section
      role="alert"
      className="flex min-w-0 gap-2.5 rounded-control border border-bad/40 bg-bad-soft p-2.5 text-body"
    >
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="flex min-w-0 flex-1 flex-col gap-1 [overflow-wrap:anywhere]" data-selectable>
        <p className="font-semibold">{report.title}</p>
        {report.cause === '' ? null : <p className="text-pretty text-ink-2">{report.cause}</p>}
        {report.nextStep === '' ? null : <p className="text-pretty">{report.nextStep}</p>}
        {action === undefined || action === null ? null : (
          <div className="mt-1 flex flex-wrap gap-2">{action}</div>
        )}
        <details className="group mt-0.5">
          <summary className="inline-flex list-none items-center gap-1 rounded-small text-small text-ink-2 hover:text-ink">
            <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
            {text('error.evidence')}
          </summary>
          <div className="pt-1.5">
            <CodeBlock label={text('error.evidence')} code={evidence} maxHeightClass="max-h-60" />
          </div>
        </details>
      </div>
    </section>
  );
}

/** Everything that a person would send to somebody who helps: code, facts, command, status, output. */
export function evidenceText(report: ErrorReport): string {
  const facts = Object.entries(report.data).map(([name, value]) => `${name}: ${String(value)}`);
  return [
    report.code,
    ...facts,
    ...(report.command === null ? [] : [`$ ${report.command}`]),
    ...(report.exitStatus === null ? [] : [`exit status ${report.exitStatus}`]),
    ...(report.evidence === null ? [] : ['', report.evidence]),
  ].join('\n');
}
