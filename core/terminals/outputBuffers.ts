/** Memory of one batch of output that is on its way to pages. */
interface Lease {
  readonly memory: Uint8Array;
  holders: number;
}

/** A batch for pages. Its memory is used again when every page has released it. */
export interface OutputBatch {
  readonly bytes: Uint8Array;
  readonly lease: Lease | null;
}

/** Smaller batches are copied out: a page's port would else copy all of the memory for a few bytes. */
const copyBelowBytes = 8 * 1024;
const keptBuffers = 48;

/**
 * Gathers output into batches, in memory that is used again: 100 MB of output would else leave 100 MB of garbage behind,
 * which the collector does not see as urgent.
 */
export class OutputBuffers {
  readonly #capacity: number;
  readonly #free: Uint8Array[] = [];
  #filling: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#filling = new Uint8Array(0);
  }

  /** Bytes of the batch that is being gathered. */
  get length(): number {
    return this.#length;
  }

  /** Adds as much as fits; gives how much that was. */
  fill(bytes: Uint8Array): number {
    if (this.#filling.length === 0) this.#filling = this.#free.pop() ?? new Uint8Array(this.#capacity);
    const room = this.#capacity - this.#length;
    const fitting = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.#filling.set(fitting, this.#length);
    this.#length += fitting.length;
    return fitting.length;
  }

  /** Ends the batch. It must be released once by each of its holders; its bytes stay as they are until then. */
  finish(holders: number): OutputBatch {
    const length = this.#length;
    this.#length = 0;
    if (length < copyBelowBytes) return { bytes: this.#filling.slice(0, length), lease: null };
    const memory = this.#filling;
    const bytes = memory.subarray(0, length);
    if (holders === 0) return { bytes, lease: null }; // filled again by what comes next
    this.#filling = new Uint8Array(0);
    return { bytes, lease: { memory, holders } };
  }

  release({ lease }: OutputBatch): void {
    if (lease === null) return;
    lease.holders -= 1;
    if (lease.holders === 0 && this.#free.length < keptBuffers) this.#free.push(lease.memory);
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#length = 0;
    this.#filling = new Uint8Array(0);
    this.#free.length = 0;
  }
}
