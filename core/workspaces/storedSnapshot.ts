import { z } from 'zod';
import { workspaceSnapshotSchema } from '#core/contract/workspaces.ts';

/** `snapshot.json` of a snapshot: what the contract shows, and over which packed file its tree stands. */
export const storedSnapshotSchema = workspaceSnapshotSchema.extend({
  version: z.literal(1),
  layeredDigest: z.string().max(160).nullable(),
});
export type StoredSnapshot = z.infer<typeof storedSnapshotSchema>;

/** Null for what is none. */
export function parseStoredSnapshot(bytes: Uint8Array): StoredSnapshot | null {
  return storedSnapshotSchema.safeParse(jsonOrNull(bytes)).data ?? null;
}

/** Bytes of a file that anybody may have written → what they hold; null for what is no JSON. */
export function jsonOrNull(bytes: Uint8Array | null): unknown {
  if (bytes === null) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // told by whoever wanted to read it
  }
}
