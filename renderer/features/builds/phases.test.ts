import { describe, expect, it } from 'vitest';
import { lineNow } from './lineNow.ts';
import { timelineOf, totalsOf } from './phases.ts';
import { sampleBuild } from './sampleBuilds.ts';

describe('the timeline of a build', () => {
  it('gives each phase its part, and what runs the time until now', () => {
    const { phases, startedAt } = sampleBuild();
    const running = phases
      .slice(0, 2)
      .map((phase, index) => (index === 1 ? { ...phase, endedAt: null } : phase));
    expect(timelineOf(running, startedAt + 40_000)).toEqual([
      { index: 0, phase: 'bootstrap', start: 0, share: 0.25, seconds: 10, isRunning: false },
      { index: 1, phase: 'post', start: 0.25, share: 0.75, seconds: 30, isRunning: true },
    ]);
  });

  it('sums what comes once for each part', () => {
    const { phases } = sampleBuild();
    const [first, second] = phases;
    if (first === undefined || second === undefined) throw new Error('a sample build has phases');
    const pieces = timelineOf([first, second, first, { ...second, endedAt: null }], second.startedAt + 5000);
    expect(totalsOf(pieces)).toEqual([
      { phase: 'bootstrap', seconds: 20, isRunning: false },
      { phase: 'post', seconds: (pieces[1]?.seconds ?? 0) + 5, isRunning: true },
    ]);
  });

  it('survives a clock that went back', () => {
    const [first] = sampleBuild().phases;
    if (first === undefined) throw new Error('a sample build has phases');
    expect(timelineOf([{ ...first, endedAt: null }], first.startedAt - 5000)).toMatchObject([{ seconds: 0 }]);
  });
});

describe('a line of what was built', () => {
  it('is found again nearest to where it was', () => {
    expect(lineNow('a\nb\nc', 'new\na\nb\nc', 2)).toBe(3);
    expect(lineNow('x\nb', 'b\n\n\nb', 2)).toBe(1);
    expect(lineNow('a\nb', 'a\nB', 2)).toBeNull();
    expect(lineNow('a', 'a', 9)).toBeNull();
  });
});
