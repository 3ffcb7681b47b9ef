import type { OutputEvent } from './terminalOutput.ts';

/** Stages of a build, in their order. A build goes through some of them, never back. */
export const buildStages = ['start', 'fetch', 'extract', 'configure', 'script', 'squash', 'done'] as const;
export type BuildStage = (typeof buildStages)[number];

/** How far a build is, from its own output. */
export interface BuildProgress {
  readonly stage: BuildStage;
  /** 0 to 1 within the stage; null where the runtime does not say. */
  readonly fraction: number | null;
  /** The runtime's last message. */
  readonly text: string;
}

export const initialBuildProgress: BuildProgress = { stage: 'start', fraction: null, text: '' };

/** Beginnings of messages and the stage that they open. Source: seen with Apptainer 1.4.5. */
const openings: readonly (readonly [string, BuildStage])[] = [
  ['Starting build', 'start'],
  ['Fetching OCI image', 'fetch'],
  ['Verifying bootstrap image', 'fetch'],
  ['Downloading ', 'fetch'],
  ['Extracting OCI image', 'extract'],
  ['Extracting local image', 'extract'],
  ['Inserting Apptainer configuration', 'configure'],
  ['Inserting Singularity configuration', 'configure'],
  ['Running setup scriptlet', 'script'],
  ['Running post scriptlet', 'script'],
  ['Running testscript', 'script'],
  ['Adding ', 'script'],
  ['Creating SIF file', 'squash'],
  ['Build complete', 'done'],
];

/** One event of the output → how far the build is now. Stages and fractions never go back. */
export function reduceBuildProgress(progress: BuildProgress, event: OutputEvent): BuildProgress {
  switch (event.type) {
    case 'line':
      return event.level === 'info' ? afterMessage(progress, event.text) : progress;
    case 'squash':
      return withFraction(progress, 'squash', event.done, event.total);
    case 'download':
      return withFraction(progress, 'fetch', event.doneBytes, event.totalBytes);
  }
}

function afterMessage(progress: BuildProgress, text: string): BuildProgress {
  const stage = openings.find(([opening]) => text.startsWith(opening))?.[1];
  if (stage === undefined || isBefore(stage, progress.stage)) return { ...progress, text };
  return stage === progress.stage ? { ...progress, text } : { stage, fraction: null, text };
}

function withFraction(
  progress: BuildProgress,
  stage: BuildStage,
  done: number,
  total: number,
): BuildProgress {
  if (isBefore(stage, progress.stage) || total <= 0) return progress;
  const fraction = Math.min(1, done / total);
  const before = stage === progress.stage ? (progress.fraction ?? 0) : 0;
  return { stage, fraction: Math.max(before, fraction), text: progress.text };
}

function isBefore(stage: BuildStage, other: BuildStage): boolean {
  return buildStages.indexOf(stage) < buildStages.indexOf(other);
}
