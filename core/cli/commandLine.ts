import type { Client } from '#core/contract/index.ts';
import type { Core } from '#core/createCore.ts';

/** What a command needs of the world around it. */
export interface CommandLine {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly workingFolder: string;
  /** Creates the core at the first call. It is disposed when the command ends. */
  openCore(): Promise<Core>;
  /** Asks on the terminal without showing what is typed; null where nobody can be asked, or does not want to answer. */
  askSecret(question: string): Promise<string | null>;
  /** Calls back at each Ctrl-C, termination or hang-up until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Leaves signals to the program that has the terminal, until the returned function is called. */
  holdInterrupts(): () => void;
}

export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export async function openClient(line: CommandLine): Promise<Client> {
  return (await line.openCore()).client();
}

/** One JSON value as a line of its own. */
export function writeJson(output: TextOutput, value: unknown): void {
  output.write(`${JSON.stringify(value)}\n`);
}
