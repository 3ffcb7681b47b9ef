import type { CacheUsage } from '#core/contract/cache.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useText } from '#renderer/i18n/i18n.ts';

/** The store against its cap: whole layers, half-fetched ones, and what is left. */
export function UsageBar({ usage }: { readonly usage: CacheUsage }) {
  const text = useText('storage');
  const whole = Math.max(0, usage.usedBytes - usage.partialBytes);
  const scale = Math.max(usage.capBytes, usage.usedBytes, 1);
  const parts = [
    { name: text('whole'), bytes: whole, className: 'bg-accent' },
    { name: text('partial'), bytes: usage.partialBytes, className: 'bg-warn' },
  ];
  return (
    <div>
      <div aria-hidden className="flex h-4 gap-px overflow-hidden rounded-small border border-line bg-panel">
        {parts.map((part) => (
          <div
            key={part.name}
            className={part.className}
            style={{ width: part.bytes === 0 ? 0 : `max(2px, ${(100 * part.bytes) / scale}%)` }}
          />
        ))}
      </div>
      <p className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-small text-ink-2 tabular-nums">
        {parts.map((part) => (
          <span key={part.name} className="inline-flex items-center gap-1.5">
            <span aria-hidden className={`size-2.25 rounded-[2px] ${part.className}`} />
            {part.name} {formatBytes(part.bytes)}
          </span>
        ))}
        <span className="flex-1" />
        <span>
          {text('usedOfCap', { used: formatBytes(usage.usedBytes), cap: formatBytes(usage.capBytes) })}
        </span>
      </p>
    </div>
  );
}
