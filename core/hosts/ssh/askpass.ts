import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf } from '../fileErrors.ts';
import type { RawQuestion } from './sshPrompt.ts';

/** The way on which the questions of one connection attempt come to us and the answers go back. */
export interface Askpass {
  /** What ssh needs in its environment. No secret is in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends questions that still wait (ssh then sees no answer) and removes all traces. */
  dispose(): Promise<void>;
}

/**
 * ssh starts it with the prompt as its argument and reads one line from it. Text travels through fifos in a folder that
 * only this user may enter. `head` reads the answer, so that it is never in a variable or argument of a shell. It ends
 * without an answer when the workbench does: then nobody holds the other end of the fifo.
 */
const script = `#!/bin/sh
# Hands a question of ssh to the workbench, and the answer back. Made for one connection attempt.
[ "$SSH_ASKPASS_PROMPT" != none ] || exit 0
folder=\${0%/*}
umask 077
mkfifo "$folder/answer.$$" || exit 1
printf '%s\\0%s\\0%s\\0%s\\0' "$$" "$PPID" "$SSH_ASKPASS_PROMPT" "$1" >"$folder/questions" || exit 1
exec head -n 1 "$folder/answer.$$"
`;

/** A question of one askpass program. */
export interface AskpassQuestion extends RawQuestion {
  /** The askpass program's process. */
  readonly askpassId: number;
  /** The ssh that asks: the one that was started, or one that it started for a gateway. */
  readonly sshId: number;
}

const run = promisify(execFile);

/**
 * Opens such a way. The folder's name is the attempt's nonce: who does not know it can neither ask nor answer.
 * `answerFor` is called for one question after another; null leaves the question without an answer, and whoever gives
 * it ends ssh, which would otherwise send an empty password.
 */
export async function createAskpass(
  runtimeFolder: string,
  answerFor: (question: AskpassQuestion) => Promise<string | null>,
): Promise<Askpass> {
  const folder = join(runtimeFolder, `ask-${randomBytes(12).toString('hex')}`);
  const program = join(folder, 'askpass');
  await mkdir(folder, { mode: 0o700 });
  const held: number[] = [];
  try {
    await writeFile(program, script, { mode: 0o700 });
    await run('mkfifo', ['-m', '600', join(folder, 'questions')]);
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
  // Read and write: opening does not wait for a writer, and the end of one question is not the end of all.
  const questions = new Socket({
    fd: openSync(join(folder, 'questions'), constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  let isDisposed = false;
  const reply = async (question: AskpassQuestion) => {
    const descriptor = openAnswer(join(folder, `answer.${question.askpassId}`));
    if (descriptor === null) return;
    held.push(descriptor);
    const answer = await answerFor(question);
    if (!isDisposed && answer !== null) writeSync(descriptor, `${answer.replaceAll(/[\r\n\0]/g, '')}\n`);
  };
  const reader = questionReader((question) => {
    reply(question).catch((thrown: unknown) =>
      questions.destroy(thrown instanceof Error ? thrown : undefined),
    );
  });
  questions.on('data', (bytes) => reader(bytes));
  questions.on('error', () => undefined); // ssh then gets no answer, fails, and its own words are shown
  return {
    environment: {
      SSH_ASKPASS: program,
      SSH_ASKPASS_REQUIRE: 'force',
    },
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      questions.destroy();
      for (const descriptor of held) closeSync(descriptor);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Bytes → questions: four fields, each ended by a zero byte, which no argument can hold. */
export function questionReader(onQuestion: (question: AskpassQuestion) => void): (bytes: Uint8Array) => void {
  let rest = Buffer.alloc(0);
  let fields: string[] = [];
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      fields.push(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
      const [askpass, ssh, hint, text] = fields;
      if (askpass === undefined || ssh === undefined || hint === undefined || text === undefined) continue;
      fields = [];
      if (isProcessId(askpass) && isProcessId(ssh))
        onQuestion({ askpassId: Number(askpass), sshId: Number(ssh), hint, text });
    }
  };
}

function isProcessId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) > 1;
}

/** Held open until the attempt ends, so that nothing is lost before the reader comes. Null when ssh gave up meanwhile. */
function openAnswer(path: string): number | null {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}
