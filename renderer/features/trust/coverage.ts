import type { SifObject } from '#core/contract/images.ts';
import type { SignInput } from '#core/contract/trust.ts';

export type SignedWhat = SignInput['what'];

export interface Coverage {
  readonly covered: readonly SifObject[];
  readonly left: readonly SifObject[];
}

/** Signatures themselves are not signed. The words are those of `sif list`. */
function canBeSigned({ type }: SifObject): boolean {
  return !type.startsWith('Signature');
}

/** The groups of an image that can be signed. */
export function groupsOf(objects: readonly SifObject[]): readonly number[] {
  const groups = objects.flatMap((object) =>
    object.group === null || !canBeSigned(object) ? [] : [object.group],
  );
  return [...new Set(groups)].sort((a, b) => a - b);
}

/** Which objects a new signature will cover, and which not: those in no group are covered one by one only. */
export function coverageOf(objects: readonly SifObject[], what: SignedWhat): Coverage {
  const able = objects.filter(canBeSigned);
  const isCovered = (object: SifObject) => {
    switch (what.type) {
      case 'all':
        return object.group !== null;
      case 'group':
        return object.group === what.id;
      case 'objects':
        return what.ids.includes(object.id);
    }
  };
  return { covered: able.filter(isCovered), left: able.filter((object) => !isCovered(object)) };
}
