import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import type { CommandSpec } from '#core/runtime/commandSpec.ts';
import { mask, showCommand } from '#core/runtime/shellWords.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';

/** A question of a program, and what is typed in answer. */
export interface Prompt {
  /** Ends where the program waits. */
  readonly pattern: RegExp;
  /** Without the line end. Given all that was shown since the last answer; null ends the program. */
  readonly answer: (shown: string) => string | null;
  /** Kept out of the output: a terminal may still echo what comes right after the question. */
  readonly isSecret: boolean;
}

export interface PromptedOutcome {
  readonly exitStatus: number | null;
  /** Without escape sequences and secrets. */
  readonly output: string;
}

/** A program that asks something nobody expected would wait for ever. */
const silenceMs = 120_000;
const longestOutput = 256 * 1024;
const size = { columns: 400, rows: 50 };

/**
 * Runs a program on a terminal and answers its questions as a person would: the only way to give the runtime a key's
 * passphrase that shows it to nobody (its flags stand in the list of processes; from a pipe its first question takes all
 * the lines). Rejects with the signal's reason when aborted, runtime.failed when it falls silent.
 */
export async function runPrompted(
  host: Host,
  spec: CommandSpec,
  { prompts, signal }: { readonly prompts: readonly Prompt[]; readonly signal: AbortSignal },
): Promise<PromptedOutcome> {
  signal.throwIfAborted();
  const pty = await host.openPty(spec, { size });
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const secrets: string[] = [];
  let output = '';
  let answeredTo = 0;
  const hidden = (text: string) =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, mask), stripAnsi(text)).replaceAll('\r', '');
  let timer: NodeJS.Timeout | null = null;
  let onAbort: (() => void) | null = null;
  try {
    const exitStatus = await new Promise<number | null>((resolve, reject) => {
      const watch = () => {
        if (timer !== null) clearTimeout(timer);
        timer = setTimeout(() => reject(silent(host, spec, hidden(output))), silenceMs);
      };
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      pty.onExit(({ exitStatus: status }) => resolve(status));
      pty.onData((bytes) => {
        output += decoder.decode(bytes, { stream: true });
        if (output.length > longestOutput) {
          const cut = output.length - longestOutput;
          output = output.slice(cut);
          answeredTo = Math.max(0, answeredTo - cut);
        }
        watch();
        const shown = stripAnsi(output.slice(answeredTo));
        const prompt = prompts.find(({ pattern }) => pattern.test(shown));
        if (prompt === undefined) return;
        const answer = prompt.answer(shown);
        answeredTo = output.length;
        if (answer === null) {
          pty.dispose().catch(reject);
          return;
        }
        if (prompt.isSecret && answer !== '') secrets.push(answer);
        pty.write(encoder.encode(`${answer}\n`));
      });
      watch();
    });
    return { exitStatus, output: hidden(output) };
  } finally {
    if (timer !== null) clearTimeout(timer);
    if (onAbort !== null) signal.removeEventListener('abort', onAbort);
    await pty.dispose();
  }
}

function silent(host: Host, spec: CommandSpec, evidence: string): Error {
  return workbenchError(
    'runtime.failed',
    { reason: 'It asked something that nobody expected' },
    { hostId: host.id, command: showCommand(spec), evidence },
  );
}
