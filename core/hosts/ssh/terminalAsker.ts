import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import type { Asker, Question } from './asker.ts';

/** Asks on the terminal that the program was started from, whatever its input and output are; secrets are not shown. */
export function terminalAsker(): Asker {
  return {
    canAsk: hasTerminal(),
    async ask(question, signal) {
      signal.throwIfAborted();
      const terminal = openTerminal();
      try {
        return await askOn(terminal, question, signal);
      } finally {
        terminal.close();
      }
    },
  };
}

interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  close(): void;
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDWR | constants.O_NOCTTY));
    return true;
  } catch {
    return false; // ENXIO where there is none; whatever else it is, nobody can be asked there
  }
}

function openTerminal(): Terminal {
  const input = new ReadStream(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY));
  const output = new WriteStream(openSync('/dev/tty', constants.O_WRONLY | constants.O_NOCTTY));
  return {
    input,
    output,
    close() {
      input.setRawMode(false);
      input.destroy();
      output.destroy();
    },
  };
}

function askOn({ input, output }: Terminal, question: Question, signal: AbortSignal): Promise<string | null> {
  const isShown = question.kind !== 'secret';
  const ending = question.kind === 'confirm' ? ' (yes/no) ' : ' ';
  return new Promise((resolve, reject) => {
    let answer = '';
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', stop);
      output.write('\r\n');
      settle();
    };
    const stop = () => finish(() => reject(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    // Raw before the prompt is there, so that no secret is shown: the keys that edit a line are ours to do.
    input.setRawMode(true);
    output.write(`${question.text}${question.text.endsWith('\n') ? '' : ending}`);
    input.setEncoding('utf8');
    input.on('error', (thrown) => finish(() => reject(thrown)));
    input.on('data', (text: string) => {
      for (const key of text) {
        const step = readKey(key, answer);
        if (step.isEnd) return finish(() => resolve(step.answer));
        if (isShown) output.write(shownChange(answer, step.answer));
        answer = step.answer;
      }
    });
  });
}

type KeyStep =
  | { readonly isEnd: false; readonly answer: string }
  | { readonly isEnd: true; readonly answer: string | null };

/** One key typed after `answer`: return ends it, ^C and an early ^D cancel, backspace and ^U take back. */
function readKey(key: string, answer: string): KeyStep {
  switch (key) {
    case '\r':
    case '\n':
      return { isEnd: true, answer };
    case '\u0003':
      return { isEnd: true, answer: null };
    case '\u0004':
      return { isEnd: true, answer: answer === '' ? null : answer };
    case '\u007f':
    case '\b':
      return { isEnd: false, answer: [...answer].slice(0, -1).join('') };
    case '\u0015':
      return { isEnd: false, answer: '' };
    default:
      return { isEnd: false, answer: key < ' ' ? answer : answer + key };
  }
}

function shownChange(before: string, after: string): string {
  if (after.startsWith(before)) return after.slice(before.length);
  return '\b \b'.repeat([...before].length - [...after].length);
}
