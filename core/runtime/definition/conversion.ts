import type { ConvertedStage } from './convertedStage.ts';
import type { DockerfileInstruction } from './dockerfileText.ts';

/** What the conversion has made so far. */
export interface Conversion {
  readonly stages: ConvertedStage[];
  /** ARG before the first FROM: name and default. */
  readonly globalArguments: Map<string, string>;
  /** Notes a line that is not carried over, or not exactly. */
  note(instruction: DockerfileInstruction, reason: string): void;
}

/** `$NAME` in a path or value: what is known of it, else nothing, as in Docker. Null for forms such as `${A:-b}`. */
export function expanded(text: string, known: ReadonlyMap<string, string>): string | null {
  let isPlain = true;
  const result = text.replaceAll(
    /\\\$|\$(?:\{(\w+)\}|(\w+)|(\{))/g,
    (whole, braced?: string, plain?: string, other?: string) => {
      if (whole === '\\$') return '$';
      if (other !== undefined) {
        isPlain = false;
        return whole;
      }
      return known.get(braced ?? plain ?? '') ?? '';
    },
  );
  return isPlain ? result : null;
}

/** A path from the working folder, as Docker takes it. */
export function absolute(path: string, workingFolder: string): string {
  if (path.startsWith('/')) return path;
  const base = workingFolder.endsWith('/') ? workingFolder : `${workingFolder}/`;
  return `${base}${path.replace(/^(?:\.\/)+/, '').replace(/^\.$/, '')}`;
}
