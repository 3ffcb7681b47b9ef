import type { HostId } from '#core/contract/ids.ts';
import { useFolderEntries } from '#renderer/ui/useFolderEntries.ts';
import type { CheckedTarget } from './targetForm.ts';

/** Whether something has the name already, as far as the folder can be read. */
export function useIsTaken(hostId: HostId, { target }: CheckedTarget): boolean {
  const { entries } = useFolderEntries(hostId, target?.folder ?? null);
  return target !== null && entries?.some(({ name }) => name === target.name) === true;
}
