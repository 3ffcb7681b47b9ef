import { close, constants, fchmod, futimes, open, write } from 'node:fs';
import { promisify } from 'node:util';

// The callback functions: file handles of the promise API cost twice as much, and systems have files by the ten thousand.
const openFile = promisify(open);
const writeFile = promisify(write);
const closeFile = promisify(close);
const changeMode = promisify(fchmod);
const changeTimes = promisify(futimes);

const mostAtOnce = 32;
const newFile = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

export interface NewFile {
  readonly path: Buffer;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** Makes new files, several at once. A failure comes out of the next call. */
export interface FileWriter {
  /** Takes a small file and returns while it is written; waits while too many are. */
  add(file: NewFile, content: Uint8Array): Promise<void>;
  /** Writes a file piece by piece. */
  stream(file: NewFile, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Resolves when all that was taken is written. */
  settle(): Promise<void>;
}

/** A writer; `onWritten` is told the bytes of content so far. */
export function createFileWriter(onWritten: (bytes: number) => void = () => undefined): FileWriter {
  const running = new Set<Promise<void>>();
  let failure: { readonly thrown: unknown } | null = null;
  let writtenBytes = 0;
  // The permissions that open gives need no second call where the mask allows all of them.
  const mask = process.umask();

  async function make(
    file: NewFile,
    pieces: AsyncIterable<Uint8Array> | readonly Uint8Array[],
  ): Promise<void> {
    const descriptor = await openFile(file.path, newFile, file.mode);
    try {
      for await (const piece of pieces) {
        for (let done = 0; done < piece.length; )
          done += (await writeFile(descriptor, piece, done, piece.length - done, null)).bytesWritten;
        writtenBytes += piece.length;
        onWritten(writtenBytes);
      }
      if ((file.mode & mask) !== 0) await changeMode(descriptor, file.mode);
      await changeTimes(descriptor, file.modifiedAt / 1000, file.modifiedAt / 1000);
    } finally {
      await closeFile(descriptor);
    }
  }

  function rethrow(): void {
    if (failure !== null) throw failure.thrown;
  }

  return {
    async add(file, content) {
      rethrow();
      const work: Promise<void> = make(file, [content])
        .catch((thrown: unknown) => {
          failure ??= { thrown };
        })
        .finally(() => running.delete(work));
      running.add(work);
      if (running.size >= mostAtOnce) await Promise.race(running);
    },
    async stream(file, pieces) {
      rethrow();
      await make(file, pieces);
    },
    async settle() {
      await Promise.all(running);
      rethrow();
    },
  };
}
