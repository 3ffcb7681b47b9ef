import { ArrowRight, TriangleAlert } from 'lucide-react';
import type { Comparison, ComparisonSide } from '#core/contract/compare.ts';
import { baseName, folderName } from '#core/contract/hostPath.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { ChangeMark } from './ChangeMark.tsx';
import { changeTotals } from './compareWords.ts';

/** The two images, whether they differ, and by how much. */
export function ComparisonSummary({ comparison }: { readonly comparison: Comparison }) {
  const text = useText('compare');
  const { left, right, isEqual, filesNotCompared, notes, totals } = comparison;
  return (
    <section aria-label={text('totals.name')} className="flex shrink-0 flex-col gap-2 px-3 pt-2.5">
      <div className="grid grid-cols-[minmax(0,1fr)_1rem_minmax(0,1fr)_auto] items-center gap-3">
        <Side label={text('sides.left')} side={left} />
        <ArrowRight aria-hidden className="size-4 text-ink-3" />
        <Side label={text('sides.right')} side={right} />
        <Badge tone={isEqual ? 'ok' : 'accent'}>{text(isEqual ? 'equal' : 'differs')}</Badge>
      </div>
      {isEqual ? <p>{text('equalText')}</p> : null}
      {filesNotCompared === null ? (
        <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-small">
          {changeTotals(totals).map(({ change, words }) => (
            <li key={change} className="flex items-center gap-1.5">
              <ChangeMark change={change} />
              <span className="text-ink-2">{words}</span>
            </li>
          ))}
          <li className="text-ink-2">{text('totals.same', { count: totals.same })}</li>
          <li className="text-ink-2">{text('totals.packages', { count: totals.packages })}</li>
        </ul>
      ) : (
        <p className="flex gap-1.5 rounded-control bg-warn-soft p-2 text-small">
          <TriangleAlert aria-hidden className="mt-px size-4 shrink-0 text-warn" />
          <span className="min-w-0 text-pretty [overflow-wrap:anywhere]">
            <strong className="font-semibold">{text('filesNotCompared')}</strong>{' '}
            {showControls(filesNotCompared)}
          </span>
        </p>
      )}
      {notes.length === 0 ? null : (
        <ul aria-label={text('notes')} className="max-h-24 overflow-auto text-small text-ink-2">
          {notes.map((note) => (
            <li key={note} className="text-pretty [overflow-wrap:anywhere]">
              {showControls(note)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Side({ label, side }: { readonly label: string; readonly side: ComparisonSide }) {
  const images = useText('images');
  const facts = [images(`formats.${side.format}`)];
  if (side.sizeBytes !== null) facts.push(formatBytes(side.sizeBytes));
  return (
    <div className="min-w-0 rounded-control border border-line bg-panel px-2.5 py-1.5" title={side.path}>
      <p className="flex min-w-0 items-baseline gap-2">
        <span className="shrink-0 text-small text-ink-3">{label}</span>
        <bdi dir="ltr" className="min-w-0 truncate font-semibold">
          {showControls(baseName(side.path))}
        </bdi>
        <span className="flex-1" />
        <span className="shrink-0 text-small text-ink-2 tabular-nums">{facts.join(', ')}</span>
      </p>
      <bdi dir="ltr" className="block truncate font-mono text-code text-ink-3">
        {showControls(folderName(side.path))}
      </bdi>
    </div>
  );
}
