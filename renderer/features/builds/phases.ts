import type { BuildPhase, PhaseTime } from '#core/contract/builds.ts';

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

/** What a phase took in all: it comes once for each stage, and for each part between checkpoints. */
export interface PhaseTotal {
  readonly phase: BuildPhase;
  readonly seconds: number;
  readonly isRunning: boolean;
}

/** The pieces of a timeline summed by phase, in the order in which the phases came first. */
export function totalsOf(pieces: readonly TimelinePiece[]): readonly PhaseTotal[] {
  return [...new Set(pieces.map(({ phase }) => phase))].map((phase) => {
    const own = pieces.filter((piece) => piece.phase === phase);
    return {
      phase,
      seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
      isRunning: own.some(({ isRunning }) => isRunning),
    };
  });
}
