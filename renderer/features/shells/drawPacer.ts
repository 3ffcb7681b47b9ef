import type { Terminal } from '@xterm/xterm';

/**
 * What is used of @xterm/xterm 6.0.0 beyond its public interface: the flag of synchronized output (DEC mode 2026), which
 * holds drawing back while it is set (src/browser/services/RenderService.ts).
 */
interface Internals {
  readonly _core: { readonly coreService: { readonly decPrivateModes: { synchronizedOutput: boolean } } };
}

const windowMs = 100;
/** So much in a window is a flood, which nobody reads. */
const floodBytes = 256 * 1024;

/**
 * Draws every second frame during a flood, about 30 times a second as VTE does: drawing costs as much as parsing, and
 * the page stays at full frames for everything else. A program that synchronizes its own output is left alone.
 */
export class DrawPacer {
  readonly #terminal: Terminal;
  #hasOwnSynchronizing = false;
  #windowStart = 0;
  #windowBytes = 0;
  #frame: number | null = null;
  #bytesSinceDrawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (parameters) => {
      if (parameters.includes(2026)) this.#leaveAlone();
      return false; // the emulator's own handling follows
    });
  }

  /** Told of all output. */
  wrote(bytes: number): void {
    if (this.#hasOwnSynchronizing) return;
    const now = performance.now();
    if (now - this.#windowStart > windowMs) {
      this.#windowStart = now;
      this.#windowBytes = 0;
    }
    this.#windowBytes += bytes;
    this.#bytesSinceDrawn += bytes;
    if (this.#windowBytes > floodBytes) this.#frame ??= requestAnimationFrame(() => this.#afterFrame());
  }

  dispose(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  /** Runs after the emulator's own drawing of the frame, because it is asked for after it. */
  #afterFrame(): void {
    this.#frame = null;
    // A reset replaces the modes, so they are looked up each time.
    const modes = (this.#terminal as unknown as Internals)._core.coreService.decPrivateModes;
    const wasHeld = modes.synchronizedOutput;
    modes.synchronizedOutput = !wasHeld && this.#bytesSinceDrawn > 0;
    if (wasHeld) this.#terminal.refresh(0, this.#terminal.rows - 1);
    else if (this.#bytesSinceDrawn === 0)
      return; // the flood is over, and all of it is drawn
    else this.#bytesSinceDrawn = 0;
    this.#frame = requestAnimationFrame(() => this.#afterFrame());
  }

  #leaveAlone(): void {
    this.#hasOwnSynchronizing = true;
    this.dispose();
  }
}
