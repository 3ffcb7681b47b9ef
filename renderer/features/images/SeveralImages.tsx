import { useText } from '#renderer/i18n/i18n.ts';

export interface SeveralImagesProps {
  readonly references: readonly string[];
  readonly onChoose: (reference: string) => void;
}

/** The images of a text that names several: a press takes one. */
export function SeveralImages({ references, onChoose }: SeveralImagesProps) {
  const text = useText('images');
  return (
    <section aria-label={text('pull.several')} className="flex flex-col gap-1">
      <p className="text-small text-ink-2">{text('pull.note.several', { count: references.length })}</p>
      <ul className="max-h-40 overflow-auto rounded-control border border-control-line">
        {references.map((reference) => (
          <li key={reference} className="border-t border-line first:border-t-0">
            <button
              type="button"
              onClick={() => onChoose(reference)}
              className="block min-h-7 w-full px-2.5 py-1 text-left font-mono text-code [overflow-wrap:anywhere] hover:bg-hover focus-visible:-outline-offset-2"
            >
              {reference}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
