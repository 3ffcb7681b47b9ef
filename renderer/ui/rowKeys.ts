export interface RowKeys {
  /** Asked for only when letters are typed. */
  readonly names: () => readonly string[];
  readonly count: number;
  /** The active row, or -1. */
  readonly at: number;
  readonly pageRows: number;
  /** What was typed within the last second. */
  readonly typed: string;
}

/** Where a key leads in a list of rows: arrows, pages, ends, and the next name that begins with what is typed. */
export function nextRow(
  key: string,
  { names, count, at, pageRows, typed }: RowKeys,
): { readonly at: number; readonly typed: string } | null {
  if (count === 0) return null;
  const last = count - 1;
  const to = (index: number) => ({ at: Math.max(0, Math.min(index, last)), typed: '' });
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'PageDown':
      return to(at + pageRows);
    case 'PageUp':
      return to(at - pageRows);
    case 'Home':
      return to(0);
    case 'End':
      return to(last);
  }
  if (key.length !== 1 || (key === ' ' && typed === '')) return null;
  const wanted = (typed + key).toLowerCase();
  const all = names();
  // The first letter moves on; further ones may stay where they are.
  const start = typed === '' ? at + 1 : Math.max(0, at);
  for (let step = 0; step < count; step += 1) {
    const index = (start + step) % count;
    const name = all[index]?.toLowerCase() ?? '';
    if (name.startsWith(wanted) || name.slice(name.lastIndexOf('/') + 1).startsWith(wanted))
      return { at: index, typed: wanted };
  }
  return { at: Math.max(0, at), typed: wanted };
}
