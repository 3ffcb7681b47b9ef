import { CopyButton } from './CopyButton.tsx';
import { classNames } from './classNames.ts';

export interface CodeBlockProps {
  /** Names the block. */
  readonly label: string;
  readonly code: string;
  /** Tailwind class that bounds the height; the block scrolls. */
  readonly maxHeightClass?: string;
}

/** Text as it is, monospaced, with a copy button. Hostile text is only ever text here. */
export function CodeBlock({ label, code, maxHeightClass = 'max-h-80' }: CodeBlockProps) {
  return (
    <figure aria-label={label} className="relative m-0 min-w-0 rounded-control border border-line bg-panel">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable from the keyboard
        tabIndex={0}
        className={classNames(
          'overflow-auto py-2 pr-9 pl-2.5 font-mono text-code whitespace-pre-wrap [overflow-wrap:anywhere]',
          maxHeightClass,
        )}
      >
        {code}
      </pre>
      <span className="absolute top-1 right-1">
        <CopyButton value={code} />
      </span>
    </figure>
  );
}
