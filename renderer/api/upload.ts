import { client } from './client.ts';

/** Of the pieces that a file is sent in; the contract takes up to 8 MiB. */
const pieceBytes = 4 * 1024 * 1024;

export interface UploadOptions {
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

export interface UploadedFile {
  readonly uploadId: string;
  /** Of core's machine. */
  readonly path: string;
}

/**
 * Sends a file that a browser gave to core, piece by piece, which keeps it until it was imported. What was sent of a file
 * that is cancelled or fails is removed there.
 */
export async function uploadFile(file: File, { onProgress, signal }: UploadOptions): Promise<UploadedFile> {
  const { uploadId } = await client.images.beginUpload({ name: file.name, sizeBytes: file.size }, { signal });
  try {
    for (let offset = 0; offset < file.size; offset += pieceBytes) {
      signal.throwIfAborted();
      const bytes = file.slice(offset, offset + pieceBytes);
      await client.images.upload({ uploadId, offset, bytes }, { signal });
      onProgress(offset + bytes.size);
    }
    return { uploadId, ...(await client.images.endUpload({ uploadId }, { signal })) };
  } catch (thrown) {
    await client.images.dropUpload({ uploadId }).catch(() => undefined); // what stopped it is told, and core forgets it at its end
    throw thrown;
  }
}
