import type { TerminalSize } from '#core/contract/terminals.ts';

/** What is next: output up to a change of who answers the questions in it, or a new size. */
export type BacklogStep =
  | { readonly kind: 'bytes'; readonly length: number; readonly isAnsweredElsewhere: boolean }
  | { readonly kind: 'resize'; readonly size: TerminalSize };

const firstCapacity = 64 * 1024;

/** Output that waits for the emulator, in one piece of memory, so that a flood leaves no garbage. */
export class Backlog {
  #store = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #steps: BacklogStep[] = [];

  /** Bytes that wait. */
  get length(): number {
    return this.#end - this.#start;
  }

  get first(): BacklogStep | undefined {
    return this.#steps[0];
  }

  append(bytes: Uint8Array, isAnsweredElsewhere: boolean): void {
    this.#makeRoom(bytes.length);
    this.#store.set(bytes, this.#end);
    this.#end += bytes.length;
    const last = this.#steps.at(-1);
    if (last?.kind === 'bytes' && last.isAnsweredElsewhere === isAnsweredElsewhere) {
      this.#steps[this.#steps.length - 1] = { ...last, length: last.length + bytes.length };
    } else this.#steps.push({ kind: 'bytes', length: bytes.length, isAnsweredElsewhere });
  }

  appendResize(size: TerminalSize): void {
    this.#steps.push({ kind: 'resize', size });
  }

  /** The output before the next new size. Valid until the next change. */
  view(): Buffer {
    const resizeAt = this.#steps.findIndex((step) => step.kind === 'resize');
    const before = resizeAt < 0 ? this.#steps : this.#steps.slice(0, resizeAt);
    const length = before.reduce((sum, step) => sum + (step.kind === 'bytes' ? step.length : 0), 0);
    return this.#store.subarray(this.#start, this.#start + length);
  }

  /** Removes a new size that is next. */
  takeResize(): void {
    if (this.first?.kind === 'resize') this.#steps.shift();
  }

  /** Removes output, and gives it in memory of its own. */
  take(length: number): Uint8Array {
    const bytes = Uint8Array.prototype.slice.call(this.#store, this.#start, this.#start + length);
    this.drop(length);
    return bytes;
  }

  /** Removes output of one or more steps. */
  drop(length: number): void {
    let left = length;
    for (let step = this.first; step?.kind === 'bytes' && left > 0; step = this.first) {
      if (step.length > left) this.#steps[0] = { ...step, length: step.length - left };
      else this.#steps.shift();
      left -= Math.min(left, step.length);
    }
    this.#start += length - left;
    if (this.#start === this.#end) this.clear(this.#steps);
  }

  /** Puts output before all that waits, in the place of more that was dropped just before. */
  prepend(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length > this.#start) throw new RangeError('less was dropped than is put back');
    this.#start -= bytes.length;
    this.#store.set(bytes, this.#start);
    this.#steps.unshift({ kind: 'bytes', length: bytes.length, isAnsweredElsewhere: true });
  }

  /** Gives the memory back. */
  clear(steps: BacklogStep[] = []): void {
    this.#store = Buffer.alloc(0);
    this.#start = 0;
    this.#end = 0;
    this.#steps = steps;
  }

  #makeRoom(length: number): void {
    if (this.#end + length <= this.#store.length) return;
    const needed = this.length + length;
    if (needed <= this.#store.length / 2) this.#store.copyWithin(0, this.#start, this.#end);
    else {
      let capacity = Math.max(firstCapacity, this.#store.length);
      while (capacity < needed) capacity *= 2;
      const grown = Buffer.alloc(capacity);
      this.#store.copy(grown, 0, this.#start, this.#end);
      this.#store = grown;
    }
    this.#end -= this.#start;
    this.#start = 0;
  }
}
