import type { ReactNode } from 'react';

export interface PageHeaderProps {
  readonly title: string;
  /** Before the title, such as a host's dot. */
  readonly lead?: ReactNode;
  /** Count and place: `128 on hydra, 41.2 GB`. */
  readonly detail?: ReactNode;
  /** Buttons; the primary one last. */
  readonly children?: ReactNode;
}

/** The title line of a page: name, count, and its one primary action. */
export function PageHeader({ title, lead, detail, children }: PageHeaderProps) {
  return (
    <header className="flex min-h-11.5 shrink-0 items-center gap-2 px-3 pt-2.5 pb-2">
      {lead}
      <h1 className="text-title font-[650] whitespace-nowrap">{title}</h1>
      {detail === undefined ? null : <p className="min-w-0 truncate text-small text-ink-3">{detail}</p>}
      <div className="flex-1" />
      {children}
    </header>
  );
}
