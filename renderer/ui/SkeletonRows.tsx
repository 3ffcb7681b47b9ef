const widths = ['w-52', 'w-40', 'w-60', 'w-44', 'w-56', 'w-36', 'w-48', 'w-52', 'w-40', 'w-56'] as const;

/** Stands where rows will be, while they are read. */
export function SkeletonRows({ label }: { readonly label: string }) {
  return (
    <div role="status" className="px-3">
      <span className="sr-only">{label}</span>
      {widths.map((width, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are always the same
          key={index}
          aria-hidden
          className="flex h-7 animate-pulse items-center gap-4 border-b border-line/55"
        >
          <span className={`h-2.5 rounded-pill bg-line ${width}`} />
          <span className="h-2.5 w-12 rounded-pill bg-line" />
          <span className="h-2.5 w-32 rounded-pill bg-line" />
          <span className="h-2.5 w-16 rounded-pill bg-line" />
        </div>
      ))}
    </div>
  );
}
