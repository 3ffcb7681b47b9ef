import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { IconButton } from './IconButton.tsx';

const confirmationMs = 1500;

export interface CopyButtonProps {
  /** What goes to the clipboard; a function for what takes time to put together. */
  readonly value: string | (() => string);
  /** `Copy` when not given. */
  readonly label?: string;
}

/** Copies a text and says so. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const text = useText('common');
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), confirmationMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  async function copy() {
    await navigator.clipboard.writeText(typeof value === 'string' ? value : value());
    setIsCopied(true);
  }
  return (
    <>
      <IconButton
        size="small"
        icon={isCopied ? Check : Copy}
        label={label ?? text('copy')}
        onClick={() => void copy()}
      />
      <span role="status" className="sr-only">
        {isCopied ? text('copied') : ''}
      </span>
    </>
  );
}
