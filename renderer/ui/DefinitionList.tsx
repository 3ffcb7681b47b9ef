import { Fragment, type ReactNode } from 'react';

export interface Definition {
  readonly term: string;
  readonly value: ReactNode;
  /** Whole value for a hover, where it may be cut. */
  readonly title?: string;
}

export interface DefinitionListProps {
  readonly items: readonly Definition[];
}

/** Terms and their values, in two columns. */
export function DefinitionList({ items }: DefinitionListProps) {
  return (
    <dl className="grid grid-cols-[minmax(5.75rem,max-content)_minmax(0,1fr)] gap-x-3 gap-y-1 text-small">
      {items.map((item) => (
        <Fragment key={item.term}>
          <dt className="text-ink-3">{item.term}</dt>
          <dd title={item.title} className="min-w-0 [overflow-wrap:anywhere]">
            {item.value}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
