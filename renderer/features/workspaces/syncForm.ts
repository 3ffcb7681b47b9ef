import type { SyncPlan } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Workspace } from '#core/contract/workspaces.ts';

export type Side = 'here' | 'there';

/** The workspace of another host that is most likely a copy of this: of the same line, else of the same name. */
export function likelyCopy(workspace: Workspace, others: readonly Workspace[]): Workspace | null {
  const line = idsOf(workspace);
  return (
    others.find((other) => [...idsOf(other)].some((id) => line.has(id))) ??
    others.find(({ name }) => name === workspace.name) ??
    null
  );
}

/** The ids of a workspace and of those that it came from or was synced with. */
function idsOf({ id, lineage }: Workspace): ReadonlySet<string> {
  return new Set([id, ...lineage.flatMap(({ from }) => (from === null ? [] : [from]))]);
}

export interface PlanWork {
  /** Whether a sync would change anything. */
  readonly hasAny: boolean;
  /** Conflicts for which no side was chosen. */
  readonly openConflicts: number;
}

/** What is left to do of a plan, with these sides chosen for its conflicts. */
export function planWork(plan: SyncPlan, kept: ReadonlyMap<HostPath, Side>): PlanWork {
  const chosen = plan.conflicts.filter(({ path }) => kept.has(path)).length;
  return {
    hasAny: plan.toOther.length + plan.toHere.length + chosen > 0,
    openConflicts: plan.conflicts.length + plan.more.conflicts - chosen,
  };
}
