import type { ManifestFacts } from '#core/contract/registries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';

interface NamedText {
  readonly name: string;
  readonly value: string;
}

/** Environment, labels and annotations, as their makers wrote them. */
export function ImageConfiguration({ manifest }: { readonly manifest: ManifestFacts }) {
  const text = useText('registries');
  const parts = [
    { id: 'environment', items: manifest.environment.map(splitLine) },
    { id: 'labels', items: manifest.labels },
    { id: 'annotations', items: manifest.annotations },
  ] as const;
  if (parts.every(({ items }) => items.length === 0))
    return <p className="text-small text-ink-3">{text('image.nothingConfigured')}</p>;
  return (
    <div className="flex flex-col gap-3 pb-3">
      {parts.map(({ id, items }) =>
        items.length === 0 ? null : (
          <section key={id}>
            <h3 className="mb-1 text-small font-semibold">{text(`image.${id}`)}</h3>
            <NamedTexts items={items} />
          </section>
        ),
      )}
    </div>
  );
}

/** `NAME=value` → both. */
function splitLine(line: string): NamedText {
  const at = line.indexOf('=');
  return at < 0 ? { name: line, value: '' } : { name: line.slice(0, at), value: line.slice(at + 1) };
}

function NamedTexts({ items }: { readonly items: readonly NamedText[] }) {
  const text = useText('registries');
  return (
    <dl className="flex flex-col text-small">
      {items.map(({ name, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a hostile image may name the same twice
        <div key={index} className="border-b border-line/55 py-1.5 first:pt-0 last:border-b-0">
          <dt className="font-mono text-code [overflow-wrap:anywhere] text-ink-3">{showControls(name)}</dt>
          <dd className="flex items-start justify-between gap-2">
            <bdi className="line-clamp-12 min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">
              {showControls(value)}
            </bdi>
            <CopyButton value={value} label={text('image.copyValue', { name: showControls(name) })} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
