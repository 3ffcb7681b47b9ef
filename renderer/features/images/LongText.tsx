import { useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CodeBlock } from '#renderer/ui/CodeBlock.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';

/** Laying out more than this at once would hold the page up. */
const firstCharacters = 60_000;

/** A text from an image, whatever its length and content. */
export function LongText({
  label,
  text: whole,
  maxHeightClass = 'max-h-none',
}: {
  readonly label: string;
  readonly text: string;
  readonly maxHeightClass?: string;
}) {
  const text = useText('images');
  const [isWhole, setIsWhole] = useState(false);
  const isCut = !isWhole && whole.length > firstCharacters;
  return (
    <>
      <CodeBlock
        label={label}
        code={showControls(isCut ? whole.slice(0, firstCharacters) : whole)}
        maxHeightClass={maxHeightClass}
      />
      {isCut ? (
        <Button className="mt-2" onClick={() => setIsWhole(true)}>
          {text('showAll', { count: whole.length })}
        </Button>
      ) : null}
    </>
  );
}
