import type { HostId } from '#core/contract/ids.ts';
import { type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { type DockerfileStep, dockerfileStep, failedInstruction } from '#core/runtime/dockerfileBuild.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';
import { type BuildFollower, masked } from './buildFollower.ts';

const tailLines = 12;
const longestLine = 65_536;

/** Reads the steps of podman or buildah from what it says. */
export interface EngineSteps {
  /** `isTold`: a step is the build's progress, too; not where an earlier process told it already. */
  take(chunk: string, isTold: boolean): void;
  /** The step that it is at. */
  now(): DockerfileStep | null;
}

export function createEngineSteps(
  follower: Pick<BuildFollower, 'begin'>,
  secrets: readonly string[],
): EngineSteps {
  let step: DockerfileStep | null = null;
  let rest = '';
  return {
    now: () => step,
    take(chunk, isTold) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = (lines.pop() ?? '').slice(-longestLine);
      for (const line of lines) {
        const next = dockerfileStep(line);
        if (next === null) continue;
        step = next;
        if (isTold)
          follower.begin(next.text.startsWith('FROM') ? 'bootstrap' : 'post', masked(next.text, secrets));
      }
    },
  };
}

/** Why an engine ended with another status than 0, led to the line of the Dockerfile where that is known. */
export function engineFailure(failed: {
  readonly definition: { readonly name: string; readonly text: string };
  readonly step: DockerfileStep | null;
  /** The end of what it said. */
  readonly output: string;
  readonly secrets: readonly string[];
  readonly hostId: HostId;
  readonly command: string;
  readonly exitStatus: number | null;
}): WorkbenchError {
  const { definition, exitStatus } = failed;
  const output = masked(stripAnsi(failed.output), failed.secrets);
  const instruction = failedInstruction(definition.text, failed.step, output);
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const said = lines.findLast((line) => /^Error: /i.test(line))?.replace(/^Error: /i, '');
  const facts = { name: definition.name, line: instruction?.line ?? null, column: 1, exitStatus };
  const outputTail = lines.slice(-tailLines).join('\n').slice(-2000);
  const where = { hostId: failed.hostId, command: failed.command, evidence: lines.join('\n'), exitStatus };
  return instruction?.keyword === 'RUN'
    ? workbenchError(
        'build.failed',
        { ...facts, section: 'RUN', command: instruction.text, outputTail },
        where,
      )
    : workbenchError(
        'build.definition',
        { ...facts, reason: said ?? 'The engine refused it', outputTail },
        where,
      );
}
