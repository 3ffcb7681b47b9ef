import { formatBytes } from '#core/contract/quantity.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import { waitFor } from './refusedAnswer.ts';
import { type StreamGrace, startGrace } from './uploadGrace.ts';
import type { UploadedBlob, UploadOptions } from './uploadOptions.ts';
import { piecesAfter } from './uploadPieces.ts';
import {
  askSession,
  beginUpload,
  endUpload,
  factsOf,
  hasBlob,
  mountBlob,
  patchUpload,
  putUpload,
  type UploadPlace,
  type UploadSession,
} from './uploadSession.ts';

/** So many times in a row an upload may break without having brought a byte, or be lost by the registry. */
const fruitlessLimit = 4;
const restartLimit = 3;
const repeatable: readonly string[] = ['registry.interrupted', 'registry.timeout', 'registry.serverError'];
/** Statuses of a registry that takes blobs only whole. */
const withoutPieces: readonly number[] = [404, 405, 501];
/** Smaller ones go whole with one request. */
const wholeBytes = 64 * 1024;
/** How long a registry may take, after a cancel, to say what it has got. */
const cancelGraceMs = 3000;

/**
 * Brings a blob into a repository (OCI distribution spec, "Pushing blobs"): not at all when it is there, mounted where
 * another repository has it, else in one stream. A broken stream is gone on with where the registry says it stands, also
 * by a later call that finds the record; a registry that has kept nothing gets all of it again. A cancel ends the stream
 * in good order, so that the registry keeps what it got.
 *
 * Fails with `registry.uploadRefused`, `registry.digestMismatch`, `registry.interrupted` and other `registry.*`, with
 * what the blob's bytes fail with, and with the signal's reason.
 */
export async function uploadBlob(options: UploadOptions): Promise<UploadedBlob> {
  const { signal, digest } = options;
  signal.throwIfAborted();
  const spared = new AbortController();
  const upload = new Upload(options, spared.signal);
  if (typeof digest === 'string') {
    const how = (await upload.findElsewhere(digest)) ?? (await upload.send(Promise.resolve(digest)));
    return upload.done(digest, how);
  }
  const wanted = digest(AbortSignal.any([signal, spared.signal]));
  const search = wanted.then((known) => upload.findElsewhere(known));
  search.then(
    (how) => how !== null && spared.abort(),
    (thrown: unknown) => {
      // Cancelled, the stream ends by itself, in good order.
      if (!signal.aborted) spared.abort(thrown);
    },
  );
  try {
    const how = await upload.send(wanted);
    return upload.done(await wanted, how);
  } catch (thrown) {
    signal.throwIfAborted();
    // What goes wrong first ends the other: its own end says nothing then.
    if (!spared.signal.aborted) {
      spared.abort(thrown);
      throw thrown;
    }
    const how = await search;
    if (how === null) throw thrown;
    await upload.giveUp();
    return upload.done(await wanted, how);
  }
}

/** One blob on its way. */
class Upload {
  readonly #options: UploadOptions;
  readonly #place: UploadPlace;
  readonly #spared: AbortSignal;
  #session: UploadSession | null = null;
  /** new: nothing was sent to it yet; broken: nobody knows where it stands. */
  #state: 'new' | 'known' | 'broken' = 'new';
  /** Bytes handed to the network, of the present stream's beginning on. */
  #position = 0;
  #sentBytes = 0;
  /** Whether the registry's bytes come from more than one stream, so that a wrong digest may be our joining's fault. */
  #isJoined = false;
  #restarts = 0;
  /** At most so much goes with one request. */
  #pieceBytes = Number.POSITIVE_INFINITY;
  /** Breaks in a row after which the registry had no more than before. */
  #fruitless = 0;

  constructor(options: UploadOptions, spared: AbortSignal) {
    this.#options = options;
    this.#spared = spared;
    const { requests, repository, signal } = options;
    this.#place = { requests, repository, signal: AbortSignal.any([signal, spared]) };
  }

  done(digest: string, how: UploadedBlob['how']): UploadedBlob {
    return { digest, sizeBytes: this.#options.blob.sizeBytes, sentBytes: this.#sentBytes, how };
  }

  async findElsewhere(digest: string): Promise<'present' | 'mounted' | null> {
    const { signal, mountFrom, repository, onNotice } = this.#options;
    const place = { ...this.#place, signal };
    if (await hasBlob(place, digest)) {
      onNotice?.(`The registry has ${digest} already.`);
      return 'present';
    }
    for (const from of mountFrom) {
      if (from === repository || !(await mountBlob(place, { digest, from }))) continue;
      onNotice?.(`The registry took ${digest} from its repository ${from}.`);
      return 'mounted';
    }
    return null;
  }

  /** Nobody will go on with what was begun. */
  async giveUp(): Promise<void> {
    const { signal } = this.#options;
    if (this.#session !== null) await endUpload({ ...this.#place, signal }, this.#session);
    await this.#forget();
  }

  async send(digest: Promise<string>): Promise<'sent'> {
    const { blob } = this.#options;
    if (blob.sizeBytes <= wholeBytes) await this.#sendWhole(await digest);
    else await this.#sendStream(digest);
    await this.#forget();
    return 'sent';
  }

  async #sendStream(digest: Promise<string>): Promise<void> {
    const { blob, onNotice } = this.#options;
    this.#session = await this.#takeUp();
    for (;;) {
      try {
        if (this.#state === 'broken') await this.#findSession();
        this.#session ??= await this.#begin();
        if (this.#session.offset < blob.sizeBytes && !(await this.#stream(this.#session))) {
          onNotice?.('The registry takes blobs only whole.');
          return await this.#sendWhole(await digest);
        }
        if (this.#session?.offset === blob.sizeBytes) return await this.#commit(await digest);
      } catch (thrown) {
        this.#place.signal.throwIfAborted();
        if (this.#takeSmallerPieces(thrown)) continue;
        if (this.#isWrongJoint(thrown)) {
          await this.#restart('What the registry joined is not the file; sending all of it again.', thrown);
        } else {
          const isRepeatable = thrown instanceof WorkbenchError && repeatable.includes(thrown.report.code);
          if (!isRepeatable) throw thrown;
          this.#state = 'broken';
          this.#fruitless += 1;
          if (this.#fruitless >= fruitlessLimit) throw this.#givenUp(thrown);
          await waitFor(200 * 2 ** this.#fruitless, this.#place.signal);
        }
      }
    }
  }

  /** The upload of an earlier call, where the registry still knows it. */
  async #takeUp(): Promise<UploadSession | null> {
    const { record, blob, onNotice } = this.#options;
    const location = (await record?.records.find(this.#name())) ?? null;
    if (location === null) return null;
    try {
      const session = await askSession(this.#place, location, blob.sizeBytes);
      if (session !== null) {
        onNotice?.(`The registry has ${session.offset} bytes of an earlier try; going on from there.`);
        this.#isJoined = true;
        this.#state = 'known';
        this.#tell(session.offset);
        return session;
      }
      onNotice?.('The registry has kept nothing of an earlier try.');
    } catch (thrown) {
      this.#place.signal.throwIfAborted();
      // An old address may lead nowhere, or to where it may not lead: the new one counts.
      if (!(thrown instanceof WorkbenchError)) throw thrown;
      onNotice?.(`The earlier try cannot be gone on with: ${thrown.report.title}.`);
    }
    await this.#forget();
    return null;
  }

  async #begin(): Promise<UploadSession> {
    const session = await beginUpload(this.#place);
    this.#isJoined = false;
    this.#state = 'new';
    await this.#remember(session);
    return session;
  }

  /** Sends the rest. False when the registry takes no pieces at all. */
  async #stream(session: UploadSession): Promise<boolean> {
    const { blob, signal, record } = this.#options;
    const isNew = this.#state === 'new';
    // What will be forgotten needs no good end.
    const grace = startGrace(signal, this.#spared, { graceMs: record === null ? 0 : cancelGraceMs });
    try {
      this.#position = session.offset;
      const endBytes = this.#endOf(session);
      const patched = await patchUpload({ ...this.#place, signal: grace.signal }, session, {
        endBytes,
        sizeBytes: blob.sizeBytes,
        open: () => this.#body(session, grace, endBytes),
      });
      if (patched.type === 'refused') {
        signal.throwIfAborted();
        if (isNew && withoutPieces.includes(patched.status)) return false;
        await this.#restart('The registry does not go on with the upload.', this.#refused(patched.status));
        return true;
      }
      await this.#take(session, patched.session);
      signal.throwIfAborted();
      return true;
    } finally {
      grace.end();
    }
  }

  /** Where the request that goes on with an upload ends. */
  #endOf({ offset, minimumBytes }: UploadSession): number {
    return Math.min(this.#options.blob.sizeBytes, offset + Math.max(this.#pieceBytes, minimumBytes));
  }

  /** After the refusal of a request for its length: true when smaller ones are to be tried. */
  #takeSmallerPieces(thrown: unknown): boolean {
    const session = this.#session;
    if (session === null) return false;
    const triedBytes = this.#endOf(session) - session.offset;
    const pieceBytes = piecesAfter(thrown, { ...session, triedBytes });
    if (pieceBytes === null) return false;
    this.#pieceBytes = pieceBytes;
    this.#options.onNotice?.(
      `A limit before the registry refuses so long a request; sending ${formatBytes(pieceBytes)} at a time.`,
    );
    // Nobody says what became of the one that was refused: what nothing had come of begins anew.
    if (session.offset === 0) {
      this.#session = null;
      this.#state = 'new';
    }
    return true;
  }

  /** What the registry says it has, as far as that can be true. */
  async #take(before: UploadSession, after: UploadSession | null): Promise<void> {
    const position = this.#position;
    // A registry that says nothing has taken what was sent.
    const session = after ?? { ...before, offset: position };
    if (session.offset > position || (session.offset === before.offset && position > before.offset))
      return await this.#restart(
        'What the registry says of the upload cannot be.',
        workbenchError('registry.protocol', {
          ...factsOf(this.#place),
          reason: `it has ${session.offset} bytes of ${position} that were sent`,
        }),
      );
    if (session.offset < this.#options.blob.sizeBytes) this.#isJoined = true;
    this.#state = 'known';
    this.#session = session;
    await this.#remember(session);
  }

  /** A stream of the bytes from the session's offset on: opened anew when a request is repeated with a new token. */
  async *#body(
    session: UploadSession,
    grace: StreamGrace,
    endBytes: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let at = session.offset;
    this.#position = at;
    for await (const read of this.#options.blob.read(at, grace.signal)) {
      const mayEnd = at > session.offset && at - session.offset >= session.minimumBytes;
      if (grace.isEnding() && mayEnd) return;
      grace.signal.throwIfAborted();
      const piece = read.subarray(0, endBytes - at);
      yield piece;
      at += piece.byteLength;
      this.#position = at;
      this.#sentBytes += piece.byteLength;
      this.#tell(at);
      if (at === endBytes) return;
    }
  }

  /** After a break: where the upload stands, or none where the registry has lost it. */
  async #findSession(): Promise<void> {
    const { blob, onNotice } = this.#options;
    const before = this.#session;
    if (before === null) return;
    const session = await askSession(this.#place, before.location, blob.sizeBytes);
    if (session === null || session.offset > this.#position) {
      const failure = workbenchError('registry.interrupted', factsOf(this.#place));
      return await this.#restart('The upload broke, and the registry kept nothing of it.', failure);
    }
    onNotice?.(`The upload broke; going on from byte ${session.offset}.`);
    if (session.offset > before.offset) this.#fruitless = 0;
    this.#isJoined = true;
    this.#state = 'known';
    this.#session = { ...session, minimumBytes: before.minimumBytes };
    this.#tell(session.offset);
    await this.#remember(this.#session);
  }

  async #commit(digest: string): Promise<void> {
    const { location } = this.#session ?? { location: '' };
    try {
      await putUpload(this.#place, location, { digest, body: null });
    } catch (thrown) {
      this.#place.signal.throwIfAborted();
      // The answer may have been lost, not the work.
      const isOpen =
        thrown instanceof WorkbenchError && [...repeatable, 'registry.notFound'].includes(thrown.report.code);
      if (!isOpen || !(await hasBlob(this.#place, digest))) throw thrown;
    }
  }

  /** All bytes with one request; broken, with another one. */
  async #sendWhole(digest: string): Promise<void> {
    const { blob, onNotice } = this.#options;
    await this.#forget();
    for (let attempt = 1; ; attempt += 1) {
      const session = await beginUpload(this.#place);
      const whole = { ...session, offset: 0, minimumBytes: Number.POSITIVE_INFINITY };
      const grace = startGrace(this.#place.signal, this.#place.signal, { graceMs: 0 });
      try {
        const body = { sizeBytes: blob.sizeBytes, open: () => this.#body(whole, grace, blob.sizeBytes) };
        return await putUpload(this.#place, session.location, { digest, body });
      } catch (thrown) {
        this.#place.signal.throwIfAborted();
        const isRepeatable = thrown instanceof WorkbenchError && repeatable.includes(thrown.report.code);
        if (!isRepeatable || attempt > restartLimit) throw this.#givenUp(thrown);
        onNotice?.('The upload broke; sending it again.');
        await waitFor(200 * 2 ** attempt, this.#place.signal);
      } finally {
        grace.end();
      }
    }
  }

  #isWrongJoint(thrown: unknown): boolean {
    if (!this.#isJoined || !(thrown instanceof WorkbenchError)) return false;
    return ['registry.uploadRefused', 'registry.notFound', 'registry.digestMismatch'].includes(
      thrown.report.code,
    );
  }

  async #restart(text: string, failure: unknown): Promise<void> {
    this.#restarts += 1;
    this.#session = null;
    this.#state = 'new';
    await this.#forget();
    if (this.#restarts > restartLimit) throw this.#givenUp(failure);
    this.#options.onNotice?.(text);
    this.#tell(0);
  }

  #refused(status: number): WorkbenchError {
    return workbenchError('registry.uploadRefused', { ...factsOf(this.#place), status });
  }

  /** The last break, with how far it had come. */
  #givenUp(thrown: unknown): unknown {
    if (!(thrown instanceof WorkbenchError)) return thrown;
    const { code, data, evidence } = thrown.report;
    const totalBytes = this.#options.blob.sizeBytes;
    const facts = { ...data, doneBytes: this.#session?.offset ?? 0, totalBytes };
    return workbenchError(code, facts, evidence === null ? {} : { evidence });
  }

  #name() {
    const { requests, repository, record } = this.#options;
    return { registry: requests.registry, repository, key: record?.key ?? '' };
  }

  async #remember(session: UploadSession): Promise<void> {
    await this.#options.record?.records.keep(this.#name(), session.location);
  }

  async #forget(): Promise<void> {
    await this.#options.record?.records.forget(this.#name());
  }

  #tell(doneBytes: number): void {
    this.#options.onProgress?.({ doneBytes, sentBytes: this.#sentBytes });
  }
}
