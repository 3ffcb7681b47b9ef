import type { ReactNode } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { CopyButton } from './CopyButton.tsx';
import { classNames } from './classNames.ts';

export interface CommandLineProps {
  /** Masked and quoted for a POSIX shell. */
  readonly command: string;
  /** Shows only the first line of a long command; the whole is copied all the same. */
  readonly isCut?: boolean;
  /** After the command: who must run it, or a button. */
  readonly children?: ReactNode;
}

/** A command line that a click runs, or that a person may type; wraps, and can be copied. */
export function CommandLine({ command, isCut = false, children }: CommandLineProps) {
  const text = useText('common');
  return (
    <div className="flex min-h-7 min-w-0 items-center gap-2 rounded-control border border-line bg-panel py-0.75 pr-1 pl-2">
      <code
        className={classNames(
          'min-w-0 flex-1 font-mono text-code',
          isCut ? 'truncate' : '[overflow-wrap:anywhere] whitespace-pre-wrap',
        )}
      >
        {command}
      </code>
      {children}
      <CopyButton value={command} label={text('copyCommand')} />
    </div>
  );
}
