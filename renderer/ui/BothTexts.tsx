import { useMemo, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from './Button.tsx';
import { CodeBlock } from './CodeBlock.tsx';
import { classNames } from './classNames.ts';
import { showControls } from './hostileText.ts';
import { type DifferenceLine, lineDifferences } from './lineDifferences.ts';

/** Laying out more lines than this at once would hold the page up. */
const firstLines = 1500;

export interface BothTextsProps {
  /** Names the block. */
  readonly name: string;
  readonly left: string;
  readonly right: string;
}

/** Two texts line by line, equal stretches folded; whole, side by side, where they have too little in common. */
export function BothTexts({ name, left, right }: BothTextsProps) {
  const text = useText('compare');
  const [isWhole, setIsWhole] = useState(false);
  const differences = useMemo(() => lineDifferences(showControls(left), showControls(right)), [left, right]);
  if (differences === null) {
    return (
      <>
        <p className="text-small text-ink-2">{text('tooDifferent')}</p>
        <div className="grid grid-cols-2 gap-2">
          <CodeBlock label={`${name}, ${text('sides.left')}`} code={showControls(left)} />
          <CodeBlock label={`${name}, ${text('sides.right')}`} code={showControls(right)} />
        </div>
      </>
    );
  }
  const { lines, added, removed } = differences;
  const shown = isWhole ? lines : lines.slice(0, firstLines);
  return (
    <>
      <p className="text-small text-ink-2">{text('lines', { added, removed })}</p>
      <figure
        aria-label={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable from the keyboard
        tabIndex={0}
        data-selectable
        className="m-0 max-h-[60vh] overflow-auto rounded-control border border-line bg-panel py-1 font-mono text-code"
      >
        {shown.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move
          <Line key={index} line={line} />
        ))}
      </figure>
      {shown.length < lines.length ? (
        <Button className="self-start" onClick={() => setIsWhole(true)}>
          {text('showAllLines', { count: lines.length })}
        </Button>
      ) : null}
    </>
  );
}

const signs = { added: '+', removed: '−', same: ' ' } as const;
const tones = { added: 'bg-ok-soft', removed: 'bg-bad-soft', same: '' } as const;

function Line({ line }: { readonly line: DifferenceLine }) {
  const text = useText('compare');
  if (line.kind === 'fold') {
    return (
      <p className="border-y border-line/55 px-2.5 py-0.5 font-sans text-small text-ink-3">
        {text('unchangedLines', { count: line.count })}
      </p>
    );
  }
  return (
    <div className={classNames('flex min-h-[1lh] gap-2 px-2.5', tones[line.kind])}>
      <span aria-hidden className="w-2.5 shrink-0 text-center font-bold select-none">
        {signs[line.kind]}
      </span>
      {line.kind === 'same' ? null : <span className="sr-only">{text(`changes.${line.kind}`)}: </span>}
      <span className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">{line.text}</span>
    </div>
  );
}
