import { expect, it } from 'vitest';
import { taskIdSchema } from '#core/contract/ids.ts';
import { buildsToForget, filterBuilds } from './historyClean.ts';
import { sampleBuild } from './sampleBuilds.ts';

const day = 86_400_000;
const now = 1000 * day;
const builds = [
  sampleBuild({ id: taskIdSchema.parse('running-1'), outcome: 'running', startedAt: 0 }),
  sampleBuild({ id: taskIdSchema.parse('failed-1'), outcome: 'failed', startedAt: now - day }),
  sampleBuild({ id: taskIdSchema.parse('good-old'), startedAt: now - 40 * day, hostLabel: 'hydra' }),
  sampleBuild({ id: taskIdSchema.parse('ancient-1'), outcome: 'cancelled', startedAt: now - 400 * day }),
];

it.each([
  ['unsuccessful', ['failed-1', 'ancient-1']],
  ['month', ['good-old', 'ancient-1']],
  ['year', ['ancient-1']],
  ['all', ['failed-1', 'good-old', 'ancient-1']],
] as const)('of a history go, but never what runs: %s', (choice, ids) => {
  expect(buildsToForget(builds, choice, now)).toEqual(ids);
});

it('a filter looks at name, host and outcome', () => {
  const found = (filter: string) => filterBuilds(builds, filter, (outcome) => outcome).map(({ id }) => id);
  expect(found('HYDRA')).toEqual(['good-old']);
  expect(found(' failed ')).toEqual(['failed-1']);
  expect(found('gromacs')).toHaveLength(4);
});
