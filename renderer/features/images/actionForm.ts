import type { HostPath } from '#core/contract/hostPath.ts';
import type { HostId, WorkspaceId } from '#core/contract/ids.ts';
import type { ActionInput } from '#core/contract/images.ts';
import type { ActionOptions, ActionVerb, Bind } from '#core/contract/runtime.ts';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import { type SplitProblem, splitShellWords } from './shellSplit.ts';

/** A bind as it is being typed. `id` keeps the row's place while rows come and go. */
export interface BindRow {
  readonly id: number;
  readonly source: string;
  /** Empty means: the same path as on the host. */
  readonly destination: string;
  readonly isReadOnly: boolean;
}

/** The form of shell, run and exec, as typed. */
export interface ActionForm {
  readonly verb: ActionVerb;
  /** The program for exec and its arguments, or the arguments for run. */
  readonly line: string;
  readonly binds: readonly BindRow[];
  /** One `NAME=value` a line. */
  readonly environment: string;
  readonly gpu: ActionOptions['gpu'];
  readonly isWritableTmpfs: boolean;
  readonly isolation: ActionOptions['isolation'];
  /** Of the image's host; null for none. */
  readonly workspace: WorkspaceId | null;
  /** An overlay image or folder of that host; null for none. */
  readonly overlay: HostPath | null;
  readonly isOverlayReadOnly: boolean;
}

export type BindProblem = 'sourceNotAbsolute' | 'sourceMissing' | 'destinationNotAbsolute';
export type LineProblem = SplitProblem | 'programMissing';
export interface EnvironmentProblem {
  /** 1-based. */
  readonly lineNumber: number;
  readonly text: string;
}

export interface ActionProblems {
  readonly line: LineProblem | null;
  readonly binds: ReadonlyMap<number, BindProblem>;
  readonly environment: EnvironmentProblem | null;
}

/** A form without mistakes, in words of the contract. */
interface GoodAction {
  readonly options: ActionOptions;
  readonly args: readonly string[];
  readonly workspace: WorkspaceId | null;
}

export type CheckedAction =
  | ({ readonly ok: true } & GoodAction)
  | { readonly ok: false; readonly problems: ActionProblems };

export const emptyActionForm: ActionForm = {
  verb: 'shell',
  line: '',
  binds: [],
  environment: '',
  gpu: 'none',
  isWritableTmpfs: false,
  isolation: 'host',
  workspace: null,
  overlay: null,
  isOverlayReadOnly: false,
};

/** What was typed → options of the contract, or everything that is wrong with it. Rows left empty are no binds. */
export function checkActionForm(form: ActionForm): CheckedAction {
  const binds = checkBinds(form.binds);
  const environment = readEnvironment(form.environment);
  const line = checkLine(form.verb, form.line);
  if (line.problem !== null || environment.problem !== null || binds.problems.size > 0) {
    return {
      ok: false,
      problems: { line: line.problem, binds: binds.problems, environment: environment.problem },
    };
  }
  return {
    ok: true,
    args: line.words,
    workspace: form.workspace,
    options: {
      binds: [...binds.binds],
      environment: [...environment.variables],
      gpu: form.gpu,
      isWritableTmpfs: form.isWritableTmpfs,
      isolation: form.isolation,
      ...(form.overlay === null
        ? {}
        : { overlays: [{ path: form.overlay, isReadOnly: form.isOverlayReadOnly }] }),
    },
  };
}

/** The contract's input for one image. */
export function actionInput(
  address: { readonly hostId: HostId; readonly path: HostPath },
  verb: ActionVerb,
  checked: GoodAction,
): ActionInput {
  return {
    hostId: address.hostId,
    path: address.path,
    verb,
    options: checked.options,
    args: [...checked.args],
    workspace: checked.workspace,
  };
}

/** `source:destination:ro`, as the runtimes write it, → its parts; null where a text is not of that form. */
export function readBindText(
  text: string,
): { readonly source: string; readonly destination: string; readonly isReadOnly: boolean } | null {
  const match = /^(?:--bind[= ]|-B[= ]?)?(\/[^:]*):(\/[^:]*?)(?::(ro|rw))?$/.exec(text.trim());
  if (match === null) return null;
  return { source: match[1] ?? '', destination: match[2] ?? '', isReadOnly: match[3] === 'ro' };
}

interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** Lines of `NAME=value`, as in a `.env` file: blank lines and comments are left out, quotes around a value taken off. */
export function readEnvironment(text: string): {
  readonly variables: readonly EnvironmentVariable[];
  readonly problem: EnvironmentProblem | null;
} {
  const variables: EnvironmentVariable[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim().replace(/^export\s+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line);
    if (match === null) return { variables, problem: { lineNumber: index + 1, text: line } };
    const [, name = '', value = ''] = match;
    const quoted = /^(["'])(.*)\1$/s.exec(value);
    variables.push({ name, value: quoted?.[2] ?? value });
  }
  return { variables, problem: null };
}

function checkLine(
  verb: ActionVerb,
  line: string,
): { readonly words: readonly string[]; readonly problem: LineProblem | null } {
  if (verb === 'shell') return { words: [], problem: null };
  const split = splitShellWords(line);
  if (!split.ok) return { words: [], problem: split.problem };
  const isMissing = verb === 'exec' && split.words.length === 0;
  return { words: split.words, problem: isMissing ? 'programMissing' : null };
}

function checkBinds(rows: readonly BindRow[]): {
  readonly binds: readonly Bind[];
  readonly problems: ReadonlyMap<number, BindProblem>;
} {
  const binds: Bind[] = [];
  const problems = new Map<number, BindProblem>();
  for (const row of rows) {
    const source = withoutLastSlash(row.source.trim());
    const destination = withoutLastSlash(row.destination.trim());
    if (source === '' && destination === '') continue;
    if (source === '') problems.set(row.id, 'sourceMissing');
    else if (!source.startsWith('/')) problems.set(row.id, 'sourceNotAbsolute');
    else if (destination !== '' && !destination.startsWith('/'))
      problems.set(row.id, 'destinationNotAbsolute');
    else {
      binds.push({
        source: typedPath(source),
        destination: destination === '' ? source : destination,
        isReadOnly: row.isReadOnly,
      });
    }
  }
  return { binds, problems };
}
