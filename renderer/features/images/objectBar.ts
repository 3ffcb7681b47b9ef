import type { SifObject } from '#core/contract/images.ts';

/** A stretch of the file, to scale. Offsets in bytes. */
export interface FileSegment {
  readonly key: string;
  /** Null for bytes that no object claims: the header, and gaps for alignment. */
  readonly object: SifObject | null;
  readonly from: number;
  readonly to: number;
  /** 0 to 1 of the whole file. */
  readonly share: number;
}

/**
 * The file as a row of stretches, in file order and without overlaps. Descriptors are hostile: what lies outside of
 * the file is cut off, and where two objects claim the same bytes the first one keeps them.
 */
export function fileSegments(objects: readonly SifObject[], fileBytes: number): readonly FileSegment[] {
  if (!(fileBytes > 0)) return [];
  const segments: FileSegment[] = [];
  const add = (object: SifObject | null, from: number, to: number) => {
    if (to <= from) return;
    const key = object === null ? `gap ${from}` : `object ${object.id} ${from}`;
    segments.push({ key, object, from, to, share: (to - from) / fileBytes });
  };
  let reached = 0;
  const known = objects.filter(
    (object) => Number.isFinite(object.offset) && Number.isFinite(object.sizeBytes),
  );
  for (const object of known.sort((left, right) => left.offset - right.offset)) {
    const from = Math.max(reached, Math.min(object.offset, fileBytes));
    const to = Math.min(object.offset + object.sizeBytes, fileBytes);
    if (to <= from) continue;
    add(null, reached, from);
    add(object, from, to);
    reached = to;
  }
  add(null, reached, fileBytes);
  return segments;
}

export type ObjectKind = 'fileSystem' | 'definition' | 'signature' | 'metadata' | 'other';

/** What an object is, by the words of `sif list`: gives it its colour. */
export function objectKind(type: string): ObjectKind {
  if (type.startsWith('FS')) return 'fileSystem';
  if (type.startsWith('Def')) return 'definition';
  if (/^(Signature|Crypt)/.test(type)) return 'signature';
  return /^(JSON|Env|Label|Generic|OCI|SBOM)/i.test(type) ? 'metadata' : 'other';
}
