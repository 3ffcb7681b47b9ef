import { expect, test } from 'vitest';
import { hostIdSchema } from '#core/contract/ids.ts';
import { freeHostId } from './freeHostId.ts';

const taken = ['cluster', 'cluster-2'].map((id) => ({ id: hostIdSchema.parse(id) }));

test.each([
  ['Tier 1 (login)', 'tier-1-login-'],
  ['Cluster', 'cluster-3'],
  ['local', 'host-local'],
  ['../..', 'host'],
  ['ünïcode', 'n-code'],
  ['ssh:evil', 'ssh-evil'],
])('an id for %s', (label, id) => {
  expect(freeHostId(label, taken)).toBe(id);
});
