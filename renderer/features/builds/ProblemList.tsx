import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { Finding, FindingSeverity } from '#core/contract/definitions.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { type OpenDocument, useBuilds } from './buildsState.ts';
import { liveEditor } from './liveEditor.ts';

const icons: Readonly<Record<FindingSeverity, readonly [LucideIcon, string]>> = {
  error: [CircleAlert, 'text-bad'],
  warning: [TriangleAlert, 'text-warn'],
  hint: [Info, 'text-accent'],
};

/** What lint found, each a click away from its place, with its mend where there is one. */
export function ProblemList({ document }: { readonly document: OpenDocument }) {
  const text = useText('builds');
  const lint = useBuilds((state) => state.lints[document.id] ?? null);
  const failure = useBuilds((state) => state.lintFailure);
  const isFresh = lint?.text === document.text;
  return (
    <div className="flex flex-col gap-2 pb-3">
      {failure === null ? null : (
        <div className="px-3">
          <ErrorNotice report={failure} />
        </div>
      )}
      <p role="status" className="px-3 text-small text-ink-3">
        {statusText(text, document, lint === null ? null : lint.findings.length)}
      </p>
      {lint === null || lint.findings.length === 0 ? null : (
        <ul aria-label={text('problems.list', { name: document.name })}>
          {lint.findings.map((finding) => (
            <Problem key={`${finding.code} ${finding.range.from}`} finding={finding} isFresh={isFresh} />
          ))}
        </ul>
      )}
      {document.unsupported.length === 0 ? null : (
        <section className="px-3">
          <h2 className="text-small font-medium text-ink-2">{text('unsupported')}</h2>
          <ul className="list-disc pl-5 text-small" data-selectable>
            {document.unsupported.map(({ line, text: words, reason }) => (
              <li key={line} className="[overflow-wrap:anywhere]">
                {text('unsupportedLine', { line, reason: showControls(reason) })}
                <code className="block font-mono text-code text-ink-2">{showControls(words)}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function statusText(
  text: ReturnType<typeof useText<'builds'>>,
  { isDockerfile }: OpenDocument,
  count: number | null,
): string {
  if (isDockerfile) return text('problems.noDockerfile');
  if (count === null) return text('problems.checking');
  return count === 0 ? text('problems.none') : text('problems.count', { count });
}

function Problem({ finding, isFresh }: { readonly finding: Finding; readonly isFresh: boolean }) {
  const text = useText('builds');
  const { range, severity, message, detail, fix } = finding;
  const [Icon, tone] = icons[severity];
  return (
    <li className="flex items-start gap-2 border-b border-line px-3 py-1.5">
      <button
        type="button"
        onClick={() => liveEditor()?.goTo(range.line, range.column)}
        className="flex min-w-0 flex-1 items-start gap-2 rounded-small text-left hover:bg-hover"
      >
        <Icon
          aria-label={text(`problems.severity.${severity}`)}
          className={`mt-0.5 size-4 shrink-0 ${tone}`}
        />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <span className="font-medium">{showControls(message)}</span>{' '}
          <span className="text-small text-ink-3 tabular-nums">
            {text('problems.at', { line: range.line })}
          </span>
          <span className="block text-small text-pretty text-ink-2">
            {finding.isRefused ? `${text('problems.refused')} ${showControls(detail)}` : showControls(detail)}
          </span>
        </span>
      </button>
      {fix === null ? null : (
        <Button disabled={!isFresh} onClick={() => liveEditor()?.edit(fix.edits)}>
          {showControls(fix.title)}
        </Button>
      )}
    </li>
  );
}
