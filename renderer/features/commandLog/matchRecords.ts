import type { CommandRecord } from '#core/contract/commandLog.ts';

/** Records in which every word of the filter occurs, in their order. */
export function matchRecords(records: readonly CommandRecord[], filter: string): readonly CommandRecord[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return records;
  return records.filter((record) => {
    const haystack =
      `${record.purpose}\n${record.ran}\n${record.byHand ?? ''}\n${record.hostId}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}
