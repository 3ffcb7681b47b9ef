import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { applyEdits, modify, type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { type HostPath, hostPathFromText } from '#core/contract/hostPath.ts';
import { type Settings, type SettingsChange, settingsSchema } from '#core/contract/settings.ts';
import type { HostFiles } from '#core/hosts/host.ts';
import { Broadcast } from '#core/tasks/broadcast.ts';

export interface SettingsState {
  readonly settings: Settings;
  readonly path: HostPath;
  readonly problem: string | null;
}

/**
 * The user's settings in one readable file, JSON with comments. A change edits only what changed, so comments and
 * unknown members stay; a file that cannot be read is left alone, told of, and not written.
 */
export class SettingsStore {
  readonly #file: string;
  readonly #defaults: Settings;
  readonly #changes = new Broadcast<SettingsState>();
  #text = '{}';
  #state: SettingsState;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, defaults: Settings) {
    this.#file = file;
    this.#defaults = defaults;
    this.#state = { settings: defaults, path: hostPathFromText(file), problem: null };
  }

  static async open(file: string, defaults: Settings): Promise<SettingsStore> {
    const store = new SettingsStore(file, defaults);
    await store.#read();
    return store;
  }

  /** Tells of what an editor or another window writes, until the signal aborts. */
  async followFile(files: HostFiles, signal: AbortSignal): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    await files.watch(hostPathFromText(dirname(this.#file)), () => void this.#readAgain(), signal);
  }

  get(): Settings {
    return this.#state.settings;
  }

  watch(signal?: AbortSignal): AsyncGenerator<SettingsState, void, undefined> {
    return this.#changes.follow(
      signal,
      () => [this.#state],
      (waiting) => waiting.slice(-1),
    );
  }

  /** Applies a change to the file and tells of it. Changes are applied one after another. */
  async change(change: SettingsChange): Promise<void> {
    const next = this.#writing.then(() => this.#apply(change));
    this.#writing = next.catch(() => undefined); // told to its caller; the next change starts afresh
    await next;
  }

  async #apply(change: SettingsChange): Promise<void> {
    await this.#read(); // another window or an editor may have written meanwhile
    if (this.#state.problem !== null) throw new Error(this.#state.problem);
    let text = this.#text;
    for (const [path, value] of leaves(change)) {
      text = applyEdits(
        text,
        modify(text, [...path], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
      );
    }
    await mkdir(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.part`;
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await rename(temporary, this.#file);
    this.#take(text);
    this.#changes.tell(this.#state);
  }

  async #readAgain(): Promise<void> {
    const before = this.#text;
    await this.#writing;
    await this.#read();
    if (this.#text !== before) this.#changes.tell(this.#state);
  }

  async #read(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch((thrown: unknown) => {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return '{}';
      throw thrown;
    });
    this.#take(text);
  }

  #take(text: string): void {
    const { settings, problem } = readSettings(text, this.#defaults);
    this.#text = text;
    this.#state = { ...this.#state, settings, problem };
  }
}

/** Text of a settings file → settings. What the file does not say stands as in `defaults`; a wrong file is told of and ignored whole. */
export function readSettings(
  text: string,
  defaults: Settings,
): { settings: Settings; problem: string | null } {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length;
    return { settings: defaults, problem: `Line ${line}: ${printParseErrorCode(first.error)}` };
  }
  const checked = settingsSchema.safeParse(merge(defaults, value));
  if (checked.success) return { settings: checked.data, problem: null };
  const [issue] = checked.error.issues;
  return { settings: defaults, problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` };
}

function merge(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over === undefined ? base : over;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [
      key,
      merge(base[key], over[key]),
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Members of a change, two levels deep; `shortcuts` is replaced whole. */
function leaves(change: SettingsChange): readonly (readonly [readonly string[], unknown])[] {
  return Object.entries(change).flatMap(([part, value]): [readonly string[], unknown][] => {
    if (!isRecord(value) || part === 'shortcuts') return [[[part], value]];
    return Object.entries(value).map(([name, member]): [readonly string[], unknown] => [
      [part, name],
      member,
    ]);
  });
}
