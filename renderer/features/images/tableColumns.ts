import { type SortColumn, sortColumns } from './imageRow.ts';

/** Widths as CSS grid tracks; lengths in rem, so that they follow the zoom. */
const tracks: Readonly<Record<SortColumn, string>> = {
  name: 'minmax(10rem, 2.2fr)',
  host: '6.5rem',
  size: '4.75rem',
  architecture: '4.75rem',
  source: 'minmax(6.5rem, 1.4fr)',
  created: '6.5rem',
  trust: '8.25rem',
  format: '5.5rem',
};
/** A column gives way below this width of the table, in rem: what the detail repeats goes first. */
const neededRem: Readonly<Record<SortColumn, number>> = {
  name: 0,
  host: 0,
  size: 0,
  trust: 25,
  created: 32,
  architecture: 36.5,
  source: 42.5,
  format: 52.5,
};

export interface TableColumns {
  readonly columns: readonly SortColumn[];
  /** For `grid-template-columns`. */
  readonly template: string;
}

/** The host is named where images of several are listed; the other columns then have less room. */
const hostRem = 6.5;

/** The columns that a table of this width has room for, in their order. */
export function columnsFor(widthRem: number, hasHosts: boolean): TableColumns {
  const roomRem = hasHosts ? widthRem - hostRem : widthRem;
  const columns = sortColumns.filter(
    (column) => roomRem >= neededRem[column] && (hasHosts || column !== 'host'),
  );
  return { columns, template: columns.map((column) => tracks[column]).join(' ') };
}
