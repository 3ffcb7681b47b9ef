import type { ReactNode } from 'react';

export interface DockHeaderProps {
  readonly title: string;
  /** Buttons, 24 px high. */
  readonly children?: ReactNode;
}

/** The bar of a panel in the dock; the dock's own tabs stand in the free place at its right. */
export function DockHeader({ title, children }: DockHeaderProps) {
  return (
    <div className="flex h-7.5 shrink-0 items-center gap-2 border-b border-line bg-rail pr-(--dock-controls) pl-3">
      <h2 className="text-small font-semibold">{title}</h2>
      {children}
    </div>
  );
}
