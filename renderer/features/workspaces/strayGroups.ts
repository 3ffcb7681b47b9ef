import type { StrayFile } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';

export type StrayKind = StrayFile['kind'];

/** What matters most first. */
const order: readonly StrayKind[] = [
  'secret',
  'unreadable',
  'foreignOwner',
  'linkOut',
  'linkAbsolute',
  'setuid',
  'socket',
  'device',
];

/** Whether a stray file of this kind can go along at all, when the person wants it to. */
export function canBeIncluded({ kind }: StrayFile): boolean {
  return kind !== 'unreadable' && kind !== 'socket' && kind !== 'device';
}

export interface StrayGroup {
  readonly kind: StrayKind;
  readonly files: readonly StrayFile[];
}

/** Stray files by their kind. */
export function strayGroups(strays: readonly StrayFile[]): readonly StrayGroup[] {
  return order.flatMap((kind) => {
    const files = strays.filter((stray) => stray.kind === kind);
    return files.length === 0 ? [] : [{ kind, files }];
  });
}

/** How many are left out with these paths confirmed. */
export function countLeftOut(strays: readonly StrayFile[], confirmed: ReadonlySet<HostPath>): number {
  return strays.filter((stray) => isLeftOut(stray, confirmed)).length;
}

/** Whether a stray file stays behind. */
export function isLeftOut(stray: StrayFile, confirmed: ReadonlySet<HostPath>): boolean {
  return stray.isLeftOut && !(canBeIncluded(stray) && confirmed.has(stray.path));
}
