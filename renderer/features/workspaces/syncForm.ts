import type { StrayFile, SyncPlan } from '#core/contract/handover.ts';
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

/** What a person chose for a plan. */
export interface SyncChoices {
  /** The side that counts, for the conflicts for which it was chosen. */
  readonly kept: ReadonlyMap<HostPath, Side>;
  /** Files with secrets that go all the same. */
  readonly confirmed: ReadonlySet<HostPath>;
}

export const noChoices: SyncChoices = { kept: new Map(), confirmed: new Set() };

/** What is left to do of a plan, with what was chosen. */
export function planWork(plan: SyncPlan, { kept, confirmed }: SyncChoices): PlanWork {
  const chosen = plan.conflicts.filter(({ path }) => kept.has(path)).length;
  const secrets = plan.secrets.filter(({ path }) => confirmed.has(path)).length;
  return {
    hasAny: plan.toOther.length + plan.toHere.length + chosen + secrets > 0,
    openConflicts: plan.conflicts.length + plan.more.conflicts - chosen,
  };
}

/** Files with secrets as a list of strays: each path once, with the hosts that it is on. */
export function secretStrays(
  { secrets }: SyncPlan,
  sayWhere: (side: Side, detail: string) => string,
): readonly StrayFile[] {
  const strays = new Map<HostPath, StrayFile>();
  for (const { path, from, detail, isLeftOut } of secrets) {
    const where = sayWhere(from, detail);
    const before = strays.get(path);
    strays.set(path, {
      kind: 'secret',
      path,
      detail: before === undefined ? where : `${before.detail}; ${where}`,
      isLeftOut,
    });
  }
  return [...strays.values()];
}
