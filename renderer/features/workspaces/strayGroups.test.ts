import { expect, it } from 'vitest';
import { samplePackPlan } from './sampleWorkspaces.ts';
import { countLeftOut, isLeftOut, strayGroups } from './strayGroups.ts';

it('groups stray files with the secrets first, and leaves them out until confirmed by path', () => {
  const { strays } = samplePackPlan();
  expect(strayGroups(strays).map(({ kind }) => kind)).toEqual(['secret', 'linkOut', 'socket']);
  expect(countLeftOut(strays, new Set())).toBe(3);
  expect(countLeftOut(strays, new Set(strays.map(({ path }) => path)))).toBe(1);
  const socket = strays.find(({ kind }) => kind === 'socket');
  expect(socket !== undefined && isLeftOut(socket, new Set([socket.path]))).toBe(true);
});
