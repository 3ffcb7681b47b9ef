import type { ManifestFacts } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { tileColour } from '#renderer/ui/Treemap.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { instructionOf } from './historyText.ts';

/** How the image was built, line by line; those that made no layer step back. */
export function ImageHistory({ manifest }: { readonly manifest: ManifestFacts }) {
  const text = useText('registries');
  const { history } = manifest;
  if (history.length === 0) return <p className="text-small text-ink-3">{text('image.noHistory')}</p>;
  return (
    <ol aria-label={text('image.historyList')} className="flex flex-col pb-3 text-small">
      {history.map((line, index) => {
        const { layer } = line;
        const label = layer === null ? text('image.noLayer') : text('image.ofLayer', { number: layer + 1 });
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat, and never move
            key={index}
            title={line.createdAt === null ? undefined : wholeTimeText(line.createdAt)}
            className="flex items-start gap-2 border-b border-line/55 py-1.5 first:pt-0 last:border-b-0"
          >
            <span
              title={label}
              className={classNames(
                'grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-[3px] px-1 text-tiny font-semibold tabular-nums',
                layer === null ? 'border border-line text-ink-3' : `${tileColour(layer)} text-tile-ink`,
              )}
            >
              <span aria-hidden>{layer === null ? '–' : layer + 1}</span>
              <span className="sr-only">{label}</span>
            </span>
            <bdi
              dir="ltr"
              data-selectable
              className={classNames(
                'min-w-0 flex-1 font-mono text-code [overflow-wrap:anywhere] whitespace-pre-wrap',
                layer === null ? 'text-ink-3' : 'text-ink',
              )}
            >
              {instructionOf(line)}
            </bdi>
          </li>
        );
      })}
    </ol>
  );
}
