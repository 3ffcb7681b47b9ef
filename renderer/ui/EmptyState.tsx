import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What this place is for. */
  readonly text: ReactNode;
  /** The first action: buttons. */
  readonly children?: ReactNode;
}

/** Stands where a list has nothing yet: what the place is for, and the first thing to do. */
export function EmptyState({ icon: Icon, title, text, children }: EmptyStateProps) {
  return (
    <div className="grid h-full min-h-0 place-items-center overflow-auto p-6">
      <div className="flex max-w-96 flex-col items-center text-center">
        <span className="mb-3 grid size-10 place-items-center rounded-card border border-line bg-panel text-ink-2">
          <Icon aria-hidden className="size-5" strokeWidth={1.5} />
        </span>
        <p className="text-heading font-semibold">{title}</p>
        <p className="mt-1 text-small text-pretty text-ink-2">{text}</p>
        {children === undefined ? null : (
          <div className="mt-4 flex flex-wrap justify-center gap-2">{children}</div>
        )}
      </div>
    </div>
  );
}
