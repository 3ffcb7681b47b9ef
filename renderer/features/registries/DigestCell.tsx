import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { shortDigest } from './registryWords.ts';

const confirmationMs = 1500;

/**
 * A digest in a row, and a button that copies it whole. Thousands of rows pass by while scrolling: it has the browser's
 * own hover text, since the tooltip of `CopyButton` costs more than the rest of a row.
 */
export function DigestCell({ digest, label }: { readonly digest: string; readonly label: string }) {
  const text = useText('common');
  const [copied, setCopied] = useState<string | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), confirmationMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const isCopied = copied === digest;
  const Icon = isCopied ? Check : Copy;
  async function copy() {
    await navigator.clipboard.writeText(digest);
    setCopied(digest);
  }
  return (
    <>
      <span className="min-w-0 flex-1 truncate font-mono text-code text-ink-3" title={showControls(digest)}>
        {shortDigest(digest)}
      </span>
      <button
        type="button"
        tabIndex={-1}
        aria-label={label}
        title={isCopied ? text('copied') : label}
        onClick={() => void copy()}
        className="grid size-5.5 shrink-0 place-items-center rounded-control text-ink-2 hover:bg-hover hover:text-ink"
      >
        <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
      </button>
      {isCopied ? (
        <span role="status" className="sr-only">
          {text('copied')}
        </span>
      ) : null}
    </>
  );
}
