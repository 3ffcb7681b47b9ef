import type { Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { OpenBytes, OpenedBytes } from './byteSource.ts';
import { hashFor } from './digest.ts';
import { diskFailure } from './diskFailure.ts';
import { readValidator, removeValidator, writeValidator } from './partValidator.ts';
import { waitFor } from './refusedAnswer.ts';

export interface DownloadOptions {
  readonly open: OpenBytes;
  /** A private name (ordinary text) that nobody else writes. What it holds already is continued. */
  readonly partPath: string;
  /** Null where it is not known before. Without a digest, a part is continued only by its server's own validator. */
  readonly expected: { readonly digest: string | null; readonly sizeBytes: number | null };
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Sentences for the log of the work: repeats. */
  readonly onNotice?: (text: string) => void;
}

export interface DownloadProgress {
  /** Of the whole file, with what was there before. */
  readonly doneBytes: number;
  readonly totalBytes: number | null;
}

export interface Downloaded {
  /** Of the whole file; verified when one was expected. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Bytes that came over the network now. */
  readonly fetchedBytes: number;
}

/** So many times in a row a transfer may break without having brought a byte. */
const fruitlessLimit = 4;
/** So many bytes are handed to the disk at once. */
const settleBytes = 32 * 1024 * 1024;
/** Pieces of a network are small: so many bytes are written at once. */
const pieceBytes = 1024 * 1024;
/** Fewer bytes wait no longer than this. */
const gatherMs = 100;
const repeatable: readonly string[] = ['registry.interrupted', 'registry.timeout', 'registry.serverError'];

/**
 * Brings bytes into `partPath` (mode 0600), continues what is there, and verifies and fsyncs the whole. It is left under
 * that name: the caller gives it its final one. A broken transfer is continued by itself; cancelling or failing leaves
 * the part for later, except one whose bytes are wrong (`registry.digestMismatch`), which is removed.
 */
export async function downloadToFile(options: DownloadOptions): Promise<Downloaded> {
  const { partPath, expected, signal } = options;
  signal.throwIfAborted();
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  try {
    const file = await open(partPath, flags, 0o600);
    try {
      return await new Download(options, file).run();
    } finally {
      await file.close(); // waits for what the disk is still taking
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    if (thrown instanceof WorkbenchError && thrown.report.code === 'registry.digestMismatch') {
      await rm(partPath, { force: true });
      await removeValidator(partPath);
    }
    throw diskFailure(thrown, partPath, { neededBytes: expected.sizeBytes }) ?? thrown;
  }
}

/** One file on its way in: between two tries, position and running hash say what is in the file. */
class Download {
  readonly #options: DownloadOptions;
  readonly #file: FileHandle;
  #hash: Hash;
  #algorithm: string;
  #position = 0;
  #fetchedBytes = 0;
  #totalBytes: number | null;
  #validator: string | null = null;
  /** Whether bytes of an earlier run are part of the file. */
  #isContinued = false;
  /** What came and is not handed to the disk yet. */
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #writing: Promise<void> | null = null;
  #soon: NodeJS.Timeout | null = null;
  #unsettledBytes = 0;
  #settling: Promise<void> | null = null;
  #settleFailure: unknown = null;

  constructor(options: DownloadOptions, file: FileHandle) {
    this.#options = options;
    this.#file = file;
    this.#totalBytes = options.expected.sizeBytes;
    ({ hash: this.#hash, algorithm: this.#algorithm } = hashFor(options.expected.digest));
  }

  async run(): Promise<Downloaded> {
    await this.#takeUpPart();
    await this.#refuseFullDisk();
    await this.#fetchRest();
    let digest = this.#digest();
    if (!this.#isExpected(digest) && this.#isContinued) {
      // A part may have been spoilt by a crash of the machine: once more from the start.
      this.#options.onNotice?.('The continued part was damaged; fetching again from the start.');
      await this.#restart();
      await this.#fetchRest();
      digest = this.#digest();
    }
    if (!this.#isExpected(digest)) throw this.#mismatch(digest);
    await this.#sync();
    await removeValidator(this.#options.partPath);
    return { digest, sizeBytes: this.#position, fetchedBytes: this.#fetchedBytes };
  }

  async #takeUpPart(): Promise<void> {
    const { expected, partPath, signal } = this.#options;
    const { size } = await this.#file.stat();
    if (size === 0) return;
    this.#validator = expected.digest === null ? await readValidator(partPath) : null;
    const isKnown = expected.digest !== null || this.#validator !== null;
    if (!isKnown || (expected.sizeBytes !== null && size > expected.sizeBytes)) return this.#restart();
    const stream = createReadStream(partPath, { highWaterMark: 1024 * 1024, end: size - 1, signal });
    for await (const chunk of stream) {
      this.#hash.update(chunk);
      this.#position += chunk.length;
    }
    this.#isContinued = true;
    this.#tell();
  }

  async #restart(): Promise<void> {
    await this.#file.truncate(0);
    ({ hash: this.#hash, algorithm: this.#algorithm } = hashFor(this.#options.expected.digest));
    this.#position = 0;
    this.#isContinued = false;
  }

  async #refuseFullDisk(): Promise<void> {
    const { expected, partPath } = this.#options;
    if (expected.sizeBytes === null) return;
    const { bavail, bsize } = await statfs(dirname(partPath));
    const neededBytes = expected.sizeBytes - this.#position;
    if (neededBytes <= bavail * bsize) return;
    throw workbenchError('disk.full', {
      path: hostPathFromText(partPath),
      neededBytes,
      freeBytes: bavail * bsize,
    });
  }

  /** Until the whole is there. Breaks are taken up where they were; a row of fruitless tries ends it. */
  async #fetchRest(): Promise<void> {
    const { signal, expected, onNotice } = this.#options;
    let fruitless = 0;
    while (expected.sizeBytes === null || this.#position < expected.sizeBytes) {
      const before = this.#position;
      try {
        await this.#fetchOnce();
        return;
      } catch (thrown) {
        signal.throwIfAborted();
        const isRepeatable = thrown instanceof WorkbenchError && repeatable.includes(thrown.report.code);
        fruitless = this.#position > before ? 0 : fruitless + 1;
        if (!isRepeatable) throw thrown;
        if (fruitless >= fruitlessLimit) throw this.#givenUp(thrown);
        onNotice?.(`The transfer broke at ${this.#position} bytes; continuing.`);
        await waitFor(200 * 2 ** fruitless, signal);
      }
    }
  }

  /** The last break, with how far it had come. */
  #givenUp({ report }: WorkbenchError): WorkbenchError {
    const facts = { ...report.data, doneBytes: this.#position, totalBytes: this.#totalBytes };
    return workbenchError(report.code, facts, report.evidence === null ? {} : { evidence: report.evidence });
  }

  async #fetchOnce(): Promise<void> {
    const { open: openBytes, signal, expected } = this.#options;
    const opened = await openBytes(this.#position, signal, this.#validator);
    const iterator = opened.chunks[Symbol.asyncIterator]();
    try {
      if (opened.offset !== this.#position) await this.#restart();
      await this.#remember(opened);
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        await this.#take(next.value);
    } finally {
      await iterator.return?.();
      await this.#drain(); // also what came before a break: the next try goes on behind it
    }
    const whole = expected.sizeBytes ?? this.#totalBytes;
    if (whole !== null && this.#position < whole)
      throw workbenchError('registry.interrupted', { doneBytes: this.#position, totalBytes: whole });
  }

  async #remember(opened: OpenedBytes): Promise<void> {
    const { expected, partPath } = this.#options;
    if (expected.sizeBytes !== null && opened.totalBytes !== null && opened.totalBytes !== expected.sizeBytes)
      throw this.#mismatch(`${opened.totalBytes} bytes`);
    this.#totalBytes = expected.sizeBytes ?? opened.totalBytes;
    if (expected.digest !== null || opened.validator === null) return;
    this.#validator = opened.validator;
    await writeValidator(partPath, opened.validator);
  }

  async #take(chunk: Uint8Array): Promise<void> {
    const { expected } = this.#options;
    if (expected.sizeBytes !== null && this.#position + chunk.byteLength > expected.sizeBytes)
      throw this.#mismatch(`more than ${expected.sizeBytes} bytes`);
    this.#hash.update(chunk);
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.byteLength;
    this.#position += chunk.byteLength;
    this.#fetchedBytes += chunk.byteLength;
    if (this.#gatheredBytes >= pieceBytes) await this.#writeGathered();
    // A slow network must not keep back what a killed process could go on from.
    else this.#soon ??= setTimeout(() => void this.#writeGathered().catch(() => undefined), gatherMs); // thrown by the next wait
    this.#tell();
  }

  /** Hands what has come to the disk, which takes it while more is coming; waits for the piece before it. */
  async #writeGathered(): Promise<void> {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    await this.#writing;
    if (this.#gathered.length === 0) return;
    const pieces = this.#gathered;
    const bytes = this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#writing = this.#write(Buffer.concat(pieces, bytes), this.#position - bytes);
    this.#writing.catch(() => undefined); // thrown where it is waited for
    this.#settle(bytes);
  }

  /** Everything that has come is in the file when it resolves. */
  async #drain(): Promise<void> {
    await this.#writeGathered();
    await this.#writing;
  }

  async #write(piece: Uint8Array, position: number): Promise<void> {
    let written = 0;
    while (written < piece.byteLength) {
      const { bytesWritten } = await this.#file.write(
        piece,
        written,
        piece.byteLength - written,
        position + written,
      );
      written += bytesWritten;
    }
  }

  /** Has the disk take what has come while more is coming, so that little is left to wait for at the end. */
  #settle(bytes: number): void {
    this.#unsettledBytes += bytes;
    if (this.#unsettledBytes < settleBytes || this.#settling !== null) return;
    this.#unsettledBytes = 0;
    this.#settling = this.#file
      .datasync()
      .catch((thrown: unknown) => {
        // Linux tells a failed write once: it must not be lost.
        this.#settleFailure ??= thrown;
      })
      .finally(() => {
        this.#settling = null;
      });
  }

  /** Everything is on the disk when it resolves. */
  async #sync(): Promise<void> {
    await this.#settling;
    if (this.#settleFailure !== null) throw this.#settleFailure;
    await this.#file.sync();
  }

  #tell(): void {
    this.#options.onProgress?.({ doneBytes: this.#position, totalBytes: this.#totalBytes });
  }

  #digest(): string {
    return `${this.#algorithm}:${this.#hash.copy().digest('hex')}`;
  }

  #isExpected(digest: string): boolean {
    const { expected } = this.#options;
    return expected.digest === null || expected.digest === digest;
  }

  #mismatch(actual: string): WorkbenchError {
    const { expected } = this.#options;
    return workbenchError('registry.digestMismatch', {
      expected: expected.digest ?? `${expected.sizeBytes} bytes`,
      actual,
      sizeBytes: this.#position,
    });
  }
}
