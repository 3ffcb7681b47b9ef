import { describe, expect, it } from 'vitest';
import { compareVersions } from './versionOrder.ts';

const newestFirst = (...tags: string[]) => tags.sort((one, other) => compareVersions(other, one));

describe('the order of versions', () => {
  it.each([
    [
      ['1.10', '1.9', '1.2'],
      ['1.2', '1.9', '1.10'],
    ],
    [
      ['latest', '2.0', '1.0'],
      ['1.0', 'latest', '2.0'],
    ],
    [
      ['1.2', '1.2-rc2', '1.2-rc1', '1.1'],
      ['1.2-rc1', '1.1', '1.2', '1.2-rc2'],
    ],
    [
      ['v2.0.1', '2.0.0', 'v1.9'],
      ['2.0.0', 'v1.9', 'v2.0.1'],
    ],
    [
      ['24.04', '22.04', 'noble', 'jammy'],
      ['jammy', '24.04', 'noble', '22.04'],
    ],
    [
      ['1.20--h50ea8bc_1', '1.20--h50ea8bc_0', '1.9--h91753b0_8'],
      ['1.9--h91753b0_8', '1.20--h50ea8bc_0', '1.20--h50ea8bc_1'],
    ],
  ])('%j', (expected, given) => {
    expect(newestFirst(...given)).toEqual(expected);
  });
});
