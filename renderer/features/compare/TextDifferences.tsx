import type { TextDifference } from '#core/contract/compare.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { BothTexts } from '#renderer/ui/BothTexts.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';

/** Texts that differ, one after the other, line by line. */
export function TextDifferences({ texts }: { readonly texts: readonly TextDifference[] }) {
  return texts.map((difference) => (
    <OneText key={`${difference.part} ${difference.file ?? ''}`} difference={difference} />
  ));
}

function OneText({ difference }: { readonly difference: TextDifference }) {
  const text = useText('compare');
  const { part, file, left, right } = difference;
  const name = file === null ? text(`parts.${part}`) : `${text(`parts.${part}`)} ${showControls(file)}`;
  return (
    <section aria-label={name} className="flex flex-col gap-1">
      <h2 className="flex flex-wrap items-baseline gap-x-2 font-semibold">
        {text(`parts.${part}`)}
        {file === null ? null : (
          <bdi dir="ltr" className="font-mono text-code font-normal text-ink-2">
            {showControls(file)}
          </bdi>
        )}
      </h2>
      {left === null || right === null ? (
        <>
          <p className="text-small text-ink-2">{text(left === null ? 'onlyRight' : 'onlyLeft')}</p>
          <CodeBlock label={name} code={showControls(left ?? right ?? '')} />
        </>
      ) : (
        <BothTexts name={name} left={left} right={right} />
      )}
    </section>
  );
}
