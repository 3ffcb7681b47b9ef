import type { CommandLine } from './commandLine.ts';

/** Runs one command and answers its exit status. `options` are already parsed. */
export type Invocation = (line: CommandLine) => Promise<number>;
