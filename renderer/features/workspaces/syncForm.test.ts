import { expect, it } from 'vitest';
import { sampleSyncPlan, sampleWorkspace } from './sampleWorkspaces.ts';
import { likelyCopy, planWork } from './syncForm.ts';

it('takes the copy of the same line before one of the same name', () => {
  const md = sampleWorkspace('md');
  const named = sampleWorkspace('md', { id: sampleWorkspace('other').id });
  const copy = sampleWorkspace('copy', {
    lineage: [{ what: 'adopted', at: 1, by: 'bob@hydra', from: md.id }],
  });
  expect(likelyCopy(md, [named, copy])).toBe(copy);
  expect(likelyCopy(md, [named])).toBe(named);
  expect(likelyCopy(md, [sampleWorkspace('third')])).toBeNull();
});

it('counts conflicts as open until a side is chosen; without changes there is nothing to do', () => {
  const plan = sampleSyncPlan();
  expect(planWork(plan, new Map())).toEqual({ hasAny: true, openConflicts: 1 });
  const only = sampleSyncPlan({ toOther: [], toHere: [] });
  expect(planWork(only, new Map()).hasAny).toBe(false);
  const kept = new Map(only.conflicts.map(({ path }) => [path, 'here' as const]));
  expect(planWork(only, kept)).toEqual({ hasAny: true, openConflicts: 0 });
});
