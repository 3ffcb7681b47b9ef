import type { BuildPhase, BuildTest, PhaseTime } from '#core/contract/builds.ts';
import type { TracedSection } from './buildDefinitionFailure.ts';
import type { OutputEvent } from './terminalOutput.ts';

/** How far a build from a definition file is, and what it has done: from its own output. */
export interface DefinitionProgress {
  readonly phases: readonly PhaseTime[];
  /** 0 to 1 within the squashfs; null elsewhere. */
  readonly fraction: number | null;
  /** The runtime's last message. */
  readonly text: string;
  /** The script whose trace is being read, or was read last. */
  readonly section: TracedSection | null;
  readonly isInScript: boolean;
  /** Commands that it traced; the first ones are forgotten when there are very many. */
  readonly trace: readonly string[];
  readonly test: BuildTest;
}

const mostTraced = 4000;

export const initialDefinitionProgress: DefinitionProgress = {
  phases: [],
  fraction: null,
  text: '',
  section: null,
  isInScript: false,
  trace: [],
  test: 'none',
};

/** Beginnings of the runtime's messages and the phase that they open. Source: seen with Apptainer 1.4.5. */
const openings: readonly (readonly [string, BuildPhase])[] = [
  ['Starting build', 'bootstrap'],
  ['Running pre scriptlet', 'bootstrap'],
  ['Fetching OCI image', 'bootstrap'],
  ['Verifying bootstrap image', 'bootstrap'],
  ['Extracting ', 'bootstrap'],
  ['Running setup scriptlet', 'files'],
  ['Copying ', 'files'],
  ['Running post scriptlet', 'post'],
  ['Running testscript', 'test'],
  ['Creating SIF file', 'squashfs'],
  ['Creating sandbox directory', 'sif'],
  ['Build complete', 'sif'],
];

const scripts: readonly (readonly [string, TracedSection])[] = [
  ['Running pre scriptlet', 'pre'],
  ['Running setup scriptlet', 'setup'],
  ['Running post scriptlet', 'post'],
];

/** One event of the output, seen at a time (milliseconds since 1970) → how far the build is now. */
export function reduceDefinitionProgress(
  progress: DefinitionProgress,
  event: OutputEvent,
  at: number,
): DefinitionProgress {
  switch (event.type) {
    case 'squash':
      return { ...inPhase(progress, 'squashfs', at), fraction: Math.min(1, event.done / event.total) };
    case 'download':
      return progress;
    case 'line':
      if (event.level === null) return afterPlainLine(progress, event.text, at);
      return event.level === 'info' ? afterMessage(progress, event.text, at) : progress;
  }
}

/** The build is over: what runs has ended. */
export function endDefinitionProgress(
  progress: DefinitionProgress,
  at: number,
  outcome: 'succeeded' | 'failed' | 'cancelled',
): DefinitionProgress {
  const isTesting = progress.test === 'none' && currentPhase(progress) === 'test';
  return {
    ...progress,
    phases: progress.phases.map((phase) => (phase.endedAt === null ? { ...phase, endedAt: at } : phase)),
    test: isTesting && outcome !== 'cancelled' ? (outcome === 'failed' ? 'failed' : 'passed') : progress.test,
  };
}

/** The same with another phase begun, unless it runs already. */
export function inPhase(progress: DefinitionProgress, phase: BuildPhase, at: number): DefinitionProgress {
  if (currentPhase(progress) === phase) return progress;
  const ended = progress.phases.map((one) => (one.endedAt === null ? { ...one, endedAt: at } : one));
  return {
    ...progress,
    phases: [...ended, { phase, startedAt: at, endedAt: null }],
    fraction: null,
    test: currentPhase(progress) === 'test' ? 'passed' : progress.test,
  };
}

function currentPhase({ phases }: DefinitionProgress): BuildPhase | null {
  const last = phases.at(-1);
  return last === undefined || last.endedAt !== null ? null : last.phase;
}

function afterMessage(progress: DefinitionProgress, text: string, at: number): DefinitionProgress {
  const phase = openings.find(([opening]) => text.startsWith(opening))?.[1];
  const script = scripts.find(([opening]) => text.startsWith(opening))?.[1];
  const next = phase === undefined ? progress : inPhase(progress, phase, at);
  if (script === undefined) return { ...next, text, isInScript: false };
  return { ...next, text, isInScript: true, section: script, trace: [] };
}

/** mksquashfs tells what it made when it is done; what follows is the SIF around it. */
function afterPlainLine(progress: DefinitionProgress, text: string, at: number): DefinitionProgress {
  if (currentPhase(progress) === 'squashfs' && text.startsWith('Number of gids'))
    return inPhase(progress, 'sif', at);
  const traced = progress.isInScript ? /^\++ (.*)$/.exec(text)?.[1] : undefined;
  if (traced === undefined) return progress;
  return { ...progress, trace: [...progress.trace.slice(-mostTraced), traced] };
}
