import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { networkFailure } from './networkFailure.ts';
import type { OutgoingAnswer } from './outgoing.ts';

/** How an answer's body is read: who was asked (for failures), how long silence is borne, what stops it. */
export interface AnswerSetting {
  readonly url: URL;
  readonly facts: ErrorFacts;
  readonly stallMs: number;
  readonly signal: AbortSignal;
  /** Ends the connection. */
  readonly connection: AbortController;
  /** Called once, when the body is read or given up. */
  readonly onEnd: () => void;
}

/** The answer to one request, with its open connection: read it, or discard it. */
export class Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly #body: AsyncIterator<Uint8Array>;
  readonly #setting: AnswerSetting;

  constructor(response: OutgoingAnswer, setting: AnswerSetting) {
    this.status = response.status;
    this.headers = response.headers;
    this.url = setting.url;
    this.#body = response.body;
    this.#setting = setting;
  }

  /**
   * The body, piece by piece. Fails with `registry.timeout` after too long a silence, `registry.interrupted` when the
   * connection breaks, and with the signal's reason when aborted. Leaving the loop closes the connection.
   */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { connection, signal, stallMs, facts, onEnd } = this.#setting;
    let isStalled = false;
    let isWhole = false;
    let isReading = false;
    const watch = setTimeout(() => {
      // A slow disk on our side is no silence of the server.
      if (!isReading) return;
      isStalled = true;
      connection.abort();
    }, stallMs);
    try {
      for (;;) {
        isReading = true;
        const next = await this.#body.next();
        isReading = false;
        if (next.done === true) {
          isWhole = true;
          return;
        }
        yield next.value;
        watch.refresh();
      }
    } catch (thrown) {
      signal.throwIfAborted();
      if (isStalled)
        throw workbenchError('registry.timeout', { ...facts, reason: 'stalled', seconds: stallMs / 1000 });
      throw networkFailure(thrown, facts);
    } finally {
      clearTimeout(watch);
      if (!isWhole) connection.abort(); // a whole body leaves its connection to the next request
      onEnd();
    }
  }

  /** The whole body when it has at most `limitBytes`, else `registry.protocol`. */
  async readAll(limitBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.chunks()) {
      size += chunk.byteLength;
      if (size > limitBytes)
        throw workbenchError('registry.protocol', {
          ...this.#setting.facts,
          reason: 'answer too large',
          limitBytes,
        });
      parts.push(chunk);
    }
    return Buffer.concat(parts, size);
  }

  /** The first bytes of the body as text, as evidence of a refusal; what cannot be read is left out. */
  async readEvidence(): Promise<string> {
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of this.chunks()) {
        parts.push(chunk);
        size += chunk.byteLength;
        if (size >= 4096) break;
      }
    } catch {
      this.#setting.signal.throwIfAborted();
      // The refusal itself counts; its text is only evidence.
    }
    return Buffer.concat(parts).subarray(0, 4096).toString('utf8');
  }

  /** Gives the body up and closes the connection. */
  discard(): void {
    this.#setting.connection.abort();
    this.#setting.onEnd();
  }
}
