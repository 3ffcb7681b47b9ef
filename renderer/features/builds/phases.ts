import { type BuildPhase, buildPhases, type PhaseTime } from '#core/contract/builds.ts';

/** A piece of the timeline: which part of the whole it takes, and how long it was. */
export interface TimelinePiece {
  /** Position in the build, from 0 on: a phase comes once for each stage. */
  readonly index: number;
  readonly phase: BuildPhase;
  /** 0 to 1 of the whole. */
  readonly start: number;
  readonly share: number;
  readonly seconds: number;
  readonly isRunning: boolean;
}

/** Phases side by side, as wide as they were long. `now` stands for the end of what runs (milliseconds since 1970). */
export function timelineOf(phases: readonly PhaseTime[], now: number): readonly TimelinePiece[] {
  const first = phases[0];
  if (first === undefined) return [];
  const begin = first.startedAt;
  const end = Math.max(...phases.map(({ startedAt, endedAt }) => endedAt ?? Math.max(now, startedAt)));
  const whole = Math.max(1, end - begin);
  return phases.map(({ phase, startedAt, endedAt }, index) => {
    const length = Math.max(0, (endedAt ?? Math.max(now, startedAt)) - startedAt);
    return {
      index,
      phase,
      start: Math.min(1, Math.max(0, (startedAt - begin) / whole)),
      share: Math.min(1, length / whole),
      seconds: length / 1000,
      isRunning: endedAt === null,
    };
  });
}

/** How long two builds took in each phase; null where a build had no such phase. */
export interface PhaseComparison {
  readonly phase: BuildPhase;
  readonly seconds: number | null;
  readonly otherSeconds: number | null;
}

/** Phases of two builds, in the order of a build, stages added up. Phases that neither had are left out. */
export function comparePhases(
  phases: readonly PhaseTime[],
  others: readonly PhaseTime[],
  now: number,
): readonly PhaseComparison[] {
  const [mine, theirs] = [sumOf(phases, now), sumOf(others, now)];
  return buildPhases.flatMap((phase) => {
    const seconds = mine.get(phase) ?? null;
    const otherSeconds = theirs.get(phase) ?? null;
    return seconds === null && otherSeconds === null ? [] : [{ phase, seconds, otherSeconds }];
  });
}

function sumOf(phases: readonly PhaseTime[], now: number): ReadonlyMap<BuildPhase, number> {
  const sums = new Map<BuildPhase, number>();
  for (const { phase, seconds } of timelineOf(phases, now)) sums.set(phase, (sums.get(phase) ?? 0) + seconds);
  return sums;
}
