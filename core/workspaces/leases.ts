import { z } from 'zod';
import { baseName } from '#core/contract/hostPath.ts';
import type { WorkspaceWriter } from '#core/contract/workspaces.ts';
import type { ReadLease } from './workspaceStore.ts';

/** A file of `leases/`, as `sessionScript` writes it. Whoever may write there may write anything: it is hostile. */
const leaseSchema = z.object({
  version: z.literal(1),
  user: z.string().max(256),
  what: z.string().max(1024),
  node: z.string().max(256),
  bootId: z.string().max(64),
  processId: z.number().int().positive().max(4_194_304),
  startTicks: z.string().regex(/^\d{1,20}$/),
  since: z.number().nonnegative().max(8_640_000_000_000_000),
});

/** The members of a lease that are known before its process is; the process adds the rest and the closing brace. */
export function leaseHead({ user, what }: { readonly user: string; readonly what: string }): string {
  const head = JSON.stringify({ version: 1, user: user.slice(0, 256), what: what.slice(0, 1024) });
  return `${head.slice(0, -1)},`;
}

/**
 * A lease → who has the workspace open. The process is gone for certain when this node started anew since, or has no such
 * process, or one that started at another time; of another node nothing is known. Null for what is no lease.
 */
export const readLease: ReadLease = ({ name, bytes, node, bootId, processStat }): WorkspaceWriter | null => {
  const lease = leaseSchema.safeParse(jsonOrNull(bytes));
  if (!lease.success || !baseName(name).endsWith('.json')) return null;
  const { user, what, processId, since, startTicks } = lease.data;
  const isAlive =
    lease.data.node !== node
      ? null
      : lease.data.bootId === bootId && processStat !== null && startOf(processStat) === startTicks;
  return { user, node: lease.data.node, processId, since, what, isAlive };
};

/**
 * Field 22 of `/proc/<pid>/stat`; null for a process that has ended. The name before it may hold anything. The first
 * thread may be gone (Z) while others live (field 20): so it is for a moment whenever a Go program becomes another.
 * Source: proc(5).
 */
function startOf(processStat: string): string | null {
  const fields = processStat
    .slice(processStat.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const isOver = fields[0] === 'X' || (fields[0] === 'Z' && Number(fields[17]) <= 1);
  return isOver ? null : (fields[19] ?? null);
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // torn, or no lease at all
  }
}
