import { type SortColumn, sortColumns } from './imageRow.ts';

/** Widths as CSS grid tracks; lengths in rem, so that they follow the zoom. */
const tracks: Readonly<Record<SortColumn, string>> = {
  name: 'minmax(10rem, 2.2fr)',
  size: '4.75rem',
  architecture: '4.75rem',
  source: 'minmax(6.5rem, 1.4fr)',
  created: '6.5rem',
  trust: '6.5rem',
  format: '5.5rem',
};
/** A column gives way below this width of the table, in rem: what the detail repeats goes first. */
const neededRem: Readonly<Record<SortColumn, number>> = {
  name: 0,
  size: 0,
  trust: 24,
  created: 31,
  architecture: 35,
  source: 41,
  format: 51,
};

export interface TableColumns {
  readonly columns: readonly SortColumn[];
  /** For `grid-template-columns`. */
  readonly template: string;
}

/** The columns that a table of this width has room for, in their order. */
export function columnsFor(widthRem: number): TableColumns {
  const columns = sortColumns.filter((column) => widthRem >= neededRem[column]);
  return { columns, template: columns.map((column) => tracks[column]).join(' ') };
}
