import { describe, expect, it } from 'vitest';
import { parseAuthChallenges } from './authChallenge.ts';

describe('parseAuthChallenges', () => {
  it("reads Docker's Bearer challenge, commas and escapes in quotes included", () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/x:pull,push",note="a \\"b\\""';
    expect(parseAuthChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/x:pull,push',
          note: 'a "b"',
        },
      },
    ]);
  });

  it('reads several challenges of one line, bare values and token68', () => {
    expect(
      parseAuthChallenges('Negotiate abc==, BASIC Realm=test , charset="UTF-8", Bearer realm="r"'),
    ).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'test', charset: 'UTF-8' } },
      { scheme: 'bearer', parameters: { realm: 'r' } },
    ]);
  });

  it('takes the first of a repeated name, and stops at nonsense', () => {
    expect(parseAuthChallenges('Bearer realm="first",realm="second"')[0]?.parameters['realm']).toBe('first');
    expect(parseAuthChallenges(null)).toEqual([]);
    expect(parseAuthChallenges('="x"')).toEqual([]);
    expect(parseAuthChallenges('Bearer realm="unclosed')).toEqual([
      { scheme: 'bearer', parameters: {} },
      expect.anything(),
    ]);
    expect(parseAuthChallenges('Bearer __proto__="x"')[0]?.parameters['realm']).toBeUndefined();
  });
});
