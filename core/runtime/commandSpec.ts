import type { HostPath } from '#core/contract/hostPath.ts';

/** A word of a command line: ordinary text, a path on the host (any bytes), or text that is shown masked. */
export type Argument = string | { readonly path: HostPath } | { readonly secret: string };

/** A command line as a value. Only `core/hosts` runs it. */
export interface CommandSpec {
  readonly program: Argument;
  readonly args: readonly Argument[];
  /** Set in addition to the scrubbed environment; null removes a variable. */
  readonly environment: Readonly<Record<string, Argument | null>>;
  /** Why it is run, in words: "Convert to SIF". */
  readonly purpose: string;
  /** What a person would type to get the same, where that differs from what is run. */
  readonly byHand: string | null;
}

/** A CommandSpec with the usual emptiness filled in. */
export function commandSpec(
  program: Argument,
  args: readonly Argument[],
  rest: { readonly purpose: string } & Partial<Pick<CommandSpec, 'environment' | 'byHand'>>,
): CommandSpec {
  return {
    program,
    args,
    environment: rest.environment ?? {},
    purpose: rest.purpose,
    byHand: rest.byHand ?? null,
  };
}
