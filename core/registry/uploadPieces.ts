import { WorkbenchError } from '#core/errors/workbenchError.ts';

/** 64 MiB, 8 MiB, 1 MB, 256 kB. */
const smallerSizes: readonly number[] = [64 * 1024 * 1024, 8 * 1024 * 1024, 1_000_000, 256 * 1024];

/** What of an upload one request tried to send. */
export interface TriedPiece {
  readonly triedBytes: number;
  /** `OCI-Chunk-Min-Length`: no piece but the last may be shorter. */
  readonly minimumBytes: number;
}

/**
 * The size of pieces to go on with after "413 Content Too Large"; null for every other failure, and when the registry
 * would take none that is smaller. Proxies before registries often limit the body of a request (nginx:
 * `client_max_body_size`, 1 MiB when nobody sets it), and no answer tells the limit (RFC 9110, 15.5.14).
 */
export function piecesAfter(thrown: unknown, { triedBytes, minimumBytes }: TriedPiece): number | null {
  if (!(thrown instanceof WorkbenchError)) return null;
  const { code, data } = thrown.report;
  if (code !== 'registry.uploadRefused' || data['status'] !== 413) return null;
  return smallerSizes.find((size) => size < triedBytes && size >= minimumBytes) ?? null;
}
