import type { HostId } from '#core/contract/ids.ts';
import { reportOf, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { signalProcess } from '../processGroup.ts';
import type { Asker } from './asker.ts';
import { type Askpass, type AskpassQuestion, createAskpass } from './askpass.ts';
import { readQuestion } from './sshPrompt.ts';

export interface SshQuestionsOptions {
  readonly hostId: HostId;
  readonly host: string;
  readonly address: string;
  readonly runtimeFolder: string;
  readonly asker: Asker;
  /** Called when a question begins to wait, and when none waits any more. */
  readonly onAsking: (isAsking: boolean) => void;
  /** Called when a question stays without an answer, before the ssh that asked is ended. */
  readonly onFailure?: (failure: WorkbenchError) => void;
}

/** What one ssh asks while it signs in, put to the asker. */
export class SshQuestions {
  readonly #options: SshQuestionsOptions;
  readonly #ended = new AbortController();
  #askpass: Askpass | null = null;
  #notes = '';
  #failure: WorkbenchError | null = null;
  #hasAsked = false;

  private constructor(options: SshQuestionsOptions) {
    this.#options = options;
  }

  static async start(options: SshQuestionsOptions): Promise<SshQuestions> {
    const questions = new SshQuestions(options);
    questions.#askpass = await createAskpass(options.runtimeFolder, (question) =>
      questions.#answer(question),
    );
    return questions;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#askpass?.environment ?? {};
  }

  /** True once anything was asked: signing in again cannot be silent. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** Why it cannot go on, where the reason is not ssh's: cancelled, declined, nobody there. */
  get failure(): WorkbenchError | null {
    return this.#failure;
  }

  /** What ssh says on stderr: a server's instructions for the next question come there. */
  note(text: string): void {
    this.#notes = (this.#notes + text).slice(-4000);
  }

  async dispose(): Promise<void> {
    this.#ended.abort(new Error('ssh ended'));
    await this.#askpass?.dispose();
  }

  async #answer(raw: AskpassQuestion): Promise<string | null> {
    if (this.#ended.signal.aborted || this.#failure !== null) return null;
    this.#hasAsked = true;
    // What ssh wrote before it asked is in the pipe already: it is read first.
    await new Promise((resolve) => setImmediate(resolve));
    const { hostId, host, address, asker, onAsking } = this.#options;
    const question = readQuestion(hostId, raw, this.#notes);
    this.#notes = '';
    const { algorithm = null, sha256 = null } = question.fingerprint ?? {};
    const key = { host, address, algorithm, fingerprint: sha256 };
    const isHostKey = question.kind === 'hostKey';
    if (!asker.canAsk) {
      const failure = isHostKey
        ? workbenchError('host.keyUnknown', key, { hostId })
        : workbenchError('host.promptImpossible', { host, prompt: question.text }, { hostId });
      return this.#fail(raw, failure);
    }
    onAsking(true);
    let answer: string | null;
    try {
      answer = await asker.ask(question, this.#ended.signal);
    } catch (thrown) {
      if (this.#ended.signal.aborted) return null;
      return this.#fail(raw, new WorkbenchError(reportOf(thrown), thrown));
    }
    if (this.#ended.signal.aborted) return null;
    onAsking(false);
    if (answer === null) return this.#fail(raw, workbenchError('host.promptCancelled', { host }, { hostId }));
    if (!isHostKey) return answer;
    // ssh would take the fingerprint too, and ask without end after anything else.
    return answer === 'yes' ? 'yes' : this.#fail(raw, workbenchError('host.keyUnknown', key, { hostId }));
  }

  /** The ssh that asked is ended first: without an answer it would send an empty password. */
  #fail({ sshId }: AskpassQuestion, failure: WorkbenchError): null {
    this.#failure = failure;
    this.#options.onFailure?.(failure);
    signalProcess(sshId, 'SIGTERM');
    return null;
  }
}
