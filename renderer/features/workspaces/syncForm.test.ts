import { expect, it } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { sampleSyncPlan, sampleWorkspace } from './sampleWorkspaces.ts';
import { likelyCopy, noChoices, planWork, secretStrays } from './syncForm.ts';

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
  expect(planWork(plan, noChoices)).toEqual({ hasAny: true, openConflicts: 1 });
  const only = sampleSyncPlan({ toOther: [], toHere: [] });
  expect(planWork(only, noChoices).hasAny).toBe(false);
  const kept = new Map(only.conflicts.map(({ path }) => [path, 'here' as const]));
  expect(planWork(only, { ...noChoices, kept })).toEqual({ hasAny: true, openConflicts: 0 });
});

it('has something to do where a secret was confirmed, and lists a path once', () => {
  const secret = { detail: 'A private key', sizeBytes: 400, isLeftOut: true };
  const path = hostPathFromText('.ssh/id_rsa');
  const plan = sampleSyncPlan({
    toOther: [],
    toHere: [],
    secrets: [
      { ...secret, path, from: 'here' },
      { ...secret, path, from: 'there' },
    ],
  });
  expect(planWork(plan, noChoices).hasAny).toBe(false);
  expect(planWork(plan, { ...noChoices, confirmed: new Set([path]) }).hasAny).toBe(true);
  const strays = secretStrays(plan, (side, detail) => `${side}: ${detail}`);
  expect(strays).toEqual([
    { kind: 'secret', path, detail: 'here: A private key; there: A private key', isLeftOut: true },
  ]);
});
