import { Trash2, Upload } from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { canSend, copyPaths, isInReach } from './imageActions.ts';
import { showImagesDialog } from './imagesState.ts';
import { summarize } from './selectionSummary.ts';

const shownLargest = 8;

/** Several chosen images: what they take together, and what can be done with all of them. */
export function SelectionPane({ images }: { readonly images: readonly Image[] }) {
  const text = useText('images');
  const summary = summarize(images, shownLargest);
  const isInReachAll = images.every(isInReach);
  const counts = (entries: readonly (readonly [string, number])[]) =>
    entries.map(([name, count]) => `${count} ${name}`).join(', ');
  return (
    <aside
      aria-label={text('many.title', { count: images.length })}
      className="flex h-full min-h-0 flex-col gap-3 overflow-auto bg-panel p-3"
    >
      <h2 className="text-heading font-bold">{text('many.title', { count: images.length })}</h2>
      <div role="toolbar" aria-label={text('actions.toolbar')} className="flex gap-1.5">
        {images.every(canSend) ? (
          <Button icon={Upload} onClick={() => showImagesDialog({ kind: 'send', images })}>
            {text('actions.sendShort')}
          </Button>
        ) : null}
        {images.length === 2 ? <CommandButton id="images.compare" /> : null}
        <Button
          icon={Trash2}
          disabled={!isInReachAll}
          onClick={() => showImagesDialog({ kind: 'delete', images })}
        >
          {text('many.delete')}
        </Button>
        <Button onClick={() => copyPaths(images)}>{text('actions.copyPaths')}</Button>
      </div>
      <DefinitionList
        items={[
          {
            term: text('many.size'),
            value: (
              <>
                {formatBytes(summary.sizeBytes)}
                {summary.unmeasured === 0
                  ? null
                  : ` ${text('many.unmeasured', { count: summary.unmeasured })}`}
              </>
            ),
          },
          {
            term: text('many.formats'),
            value: counts(summary.formats.map(([format, count]) => [text(`formats.${format}`), count])),
          },
          { term: text('many.architectures'), value: counts(summary.architectures) },
          {
            term: text('many.trust'),
            value: text('many.trustCounts', { signed: summary.signed, encrypted: summary.encrypted }),
          },
        ]}
      />
      <section>
        <h3 className="mb-1 text-small text-ink-3">{text('many.largest')}</h3>
        <ul className="flex flex-col gap-1 text-small">
          {summary.largest.map((image) => (
            <li key={image.path} className="flex items-baseline gap-3" title={image.path}>
              <bdi dir="ltr" className="min-w-0 flex-1 truncate">
                {image.name}
              </bdi>
              <span className="tabular-nums">{formatBytes(image.sizeBytes ?? 0)}</span>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}
