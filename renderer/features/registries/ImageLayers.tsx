import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { formatBytes } from '#core/contract/quantity.ts';
import type { ManifestFacts } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { Treemap, tileColour } from '#renderer/ui/Treemap.tsx';
import { instructionOf } from './historyText.ts';
import { shortDigest, shortMediaType } from './registryWords.ts';

/** The layers as areas, and below them as a list with the line that made each. What is chosen is chosen in both. */
export function ImageLayers({ manifest }: { readonly manifest: ManifestFacts }) {
  const text = useText('registries');
  const [chosen, setChosen] = useState<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const { layers, history } = manifest;
  useEffect(() => {
    if (chosen !== null) list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  if (layers.length === 0) return <p className="text-small text-ink-3">{text('image.noLayers')}</p>;
  const lines = new Map(
    history.flatMap((line) => (line.layer === null ? [] : [[line.layer, line] as const])),
  );
  const madeBy = (index: number) => {
    const line = lines.get(index);
    return line === undefined ? null : instructionOf(line);
  };

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min((chosen ?? -step) + step, layers.length - 1));
    setChosen(next);
    list.current?.querySelectorAll<HTMLElement>('[data-layer]')[next]?.focus();
  }

  return (
    <div className="flex h-full min-h-64 flex-col gap-2 pb-3">
      <Treemap
        label={text('image.picture')}
        className="h-36 shrink-0"
        selected={chosen === null ? null : String(chosen)}
        onSelect={(id) => setChosen(Number(id))}
        items={layers.map((layer, index) => ({
          id: String(index),
          weight: layer.sizeBytes,
          label: String(index + 1),
          detail: formatBytes(layer.sizeBytes),
          name: [
            text('image.layer', { number: index + 1, size: formatBytes(layer.sizeBytes) }),
            madeBy(index)?.slice(0, 200),
          ]
            .filter(Boolean)
            .join(': '),
        }))}
      />
      <ol
        ref={list}
        aria-label={text('image.layerList')}
        onKeyDown={onKeyDown}
        className="min-h-0 overflow-auto rounded-control border border-line bg-bg"
      >
        {layers.map((layer, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: an image may have the same layer twice, and its layers never move
            key={index}
            className={classNames(
              'flex items-start border-b border-line/55 pr-1 last:border-b-0',
              index === chosen ? 'bg-selected' : 'hover:bg-hover',
            )}
          >
            <button
              type="button"
              data-layer
              aria-pressed={index === chosen}
              tabIndex={index === (chosen ?? 0) ? 0 : -1}
              onClick={() => setChosen(index)}
              className="flex min-w-0 flex-1 items-start gap-2 py-1.5 pl-2 text-left text-small focus-visible:-outline-offset-2"
            >
              <span
                className={classNames(
                  'grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-[3px] px-1 text-tiny font-semibold text-tile-ink tabular-nums',
                  tileColour(index),
                )}
              >
                {index + 1}
              </span>
              <span className="flex min-w-0 flex-1 flex-col gap-0.5">
                <span className="flex min-w-0 items-baseline gap-2">
                  <span className="font-mono text-code" title={showControls(layer.digest)}>
                    {shortDigest(layer.digest)}
                  </span>
                  <span className="min-w-0 flex-1 truncate text-ink-3" title={showControls(layer.mediaType)}>
                    {shortMediaType(layer.mediaType)}
                  </span>
                  <span className="shrink-0 tabular-nums">{formatBytes(layer.sizeBytes)}</span>
                </span>
                {madeBy(index) === null ? (
                  history.length === 0 ? null : (
                    <span className="text-ink-3">{text('image.layerUnknown')}</span>
                  )
                ) : (
                  <bdi
                    dir="ltr"
                    className={classNames(
                      'font-mono text-code [overflow-wrap:anywhere] text-ink-2',
                      index === chosen ? 'line-clamp-12' : 'line-clamp-2',
                    )}
                  >
                    {madeBy(index)}
                  </bdi>
                )}
              </span>
            </button>
            <span className="pt-1">
              <CopyButton value={layer.digest} label={text('image.copyLayer', { number: index + 1 })} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
