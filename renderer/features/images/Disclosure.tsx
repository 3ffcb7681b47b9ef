import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';

export interface DisclosureProps {
  readonly label: string;
  /** What is chosen inside, while it is closed. */
  readonly summary?: string | null;
  readonly isOpenAtFirst?: boolean;
  readonly children: ReactNode;
}

/** Part of a form that few need: closed until it is asked for. */
export function Disclosure({ label, summary = null, isOpenAtFirst = false, children }: DisclosureProps) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)} className="group">
      <summary className="inline-flex list-none items-center gap-1 rounded-small text-small font-medium text-ink-2 hover:text-ink">
        <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        {label}
        {summary === null || isOpen ? null : <span className="pl-1 font-normal text-ink-3">{summary}</span>}
      </summary>
      <div className="flex flex-col gap-2.5 pt-2 pl-4.5">{children}</div>
    </details>
  );
}
