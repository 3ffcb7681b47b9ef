import { type Section, type Stage, sectionsOf } from './definitionDocument.ts';
import { type LintContext, quoted } from './lintContext.ts';
import type { ShellCommand, ShellScript } from './shellText.ts';

/** A line `# checkpoint: NAME` in `%post`: what is above it is kept as an image of its own. */
export interface Checkpoint {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** It stands by itself on its line, outside `if`, loops, functions and parentheses: the script can be cut there. */
  readonly canCut: boolean;
  /** How many commands of its section come before it. */
  readonly commandsBefore: number;
}

const marker = /^#\s*checkpoint\s*:\s*(.*)$/i;

/** The checkpoints of a section, in order; those in here-documents are text, and none. */
export function checkpointsIn(script: ShellScript): readonly Checkpoint[] {
  return script.comments.flatMap(({ text, from, to, isAlone, depth, commandsBefore }) => {
    const name = marker.exec(text)?.[1]?.trim();
    return name === undefined ? [] : [{ name, from, to, canCut: isAlone && depth === 0, commandsBefore }];
  });
}

/** The checkpoints of `%post` of a stage. */
export function checkpointsOf(
  stage: Stage,
  script: (section: Section) => ShellScript,
): readonly Checkpoint[] {
  return sectionsOf(stage, 'post').flatMap((section) => checkpointsIn(script(section)));
}

/** Checkpoints that cannot be made, and state of the shell that is gone after one. */
export function lintCheckpoints(context: LintContext): void {
  const { add } = context;
  for (const { stage } of context.stages) {
    const seen = new Set<string>();
    for (const checkpoint of checkpointsOf(stage, context.script)) {
      const { name, canCut } = checkpoint;
      if (name === '')
        add({
          code: 'checkpoint.noName',
          severity: 'warning',
          at: checkpoint,
          message: 'This checkpoint has no name.',
          detail: 'Write “# checkpoint: NAME”. The name shows in the list of what is kept.',
        });
      else if (seen.has(name))
        add({
          code: 'checkpoint.repeated',
          severity: 'warning',
          at: checkpoint,
          message: `There is another checkpoint ${quoted(name)}.`,
          detail: 'Give each a name of its own.',
        });
      seen.add(name);
      if (!canCut)
        add({
          code: 'checkpoint.inside',
          severity: 'warning',
          at: checkpoint,
          message: 'The script cannot be cut here.',
          detail: 'A checkpoint stands on a line of its own, outside “if”, loops, functions and parentheses.',
        });
    }
    for (const section of sectionsOf(stage, 'post')) lintState(context, section);
  }
}

interface State {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly commandsBefore: number;
  /** The folder that it goes to; null for everything else. */
  readonly place: string | null;
  /** Whether the text after a checkpoint depends on it. */
  isMissed(after: string, firstCommand: ShellCommand | null): boolean;
}

function lintState(context: LintContext, section: Section): void {
  const script = context.script(section);
  const cuts = checkpointsIn(script).filter(({ canCut }) => canCut);
  const end = section.body.at(-1)?.to ?? 0;
  if (cuts.length === 0) return;
  const states = statesOf(script);
  for (const [index, state] of states.entries()) {
    const cut = cuts.find(({ commandsBefore }) => commandsBefore > state.commandsBefore);
    if (cut === undefined) continue;
    const isReplaced = states
      .slice(index + 1)
      .some((later) => later.place !== null && later.commandsBefore < cut.commandsBefore);
    // A script begins in the root folder: to have gone back there is to have left nothing.
    if (state.place !== null && (isReplaced || state.place === '/')) continue;
    const next = script.commands[cut.commandsBefore] ?? null;
    if (next === null || !state.isMissed(context.document.text.slice(cut.to, end), next)) continue;
    context.add({
      code: 'checkpoint.state',
      severity: 'warning',
      at: { from: state.from, to: state.to },
      message: `${quoted(state.what)} is not in effect after the checkpoint ${quoted(cut.name)}.`,
      detail: 'After a checkpoint a new shell begins in “/”. Repeat the line below it.',
    });
  }
}

/** More of them in one script are not followed. */
const mostStates = 200;
const setsShell = new Set(['set', 'shopt', 'umask', 'ulimit', 'trap', 'alias', '.', 'source', 'exec']);

/** What the commands of a script leave in their shell. */
function statesOf({ commands, functions }: ShellScript): readonly State[] {
  const states: State[] = functions.map(({ text, from, to, commandsBefore }) => ({
    what: `${text}()`,
    from,
    to,
    place: null,
    // The commands of its body come after its name.
    commandsBefore: commandsBefore - 1,
    isMissed: (after) => wordIn(text, after),
  }));
  for (const [index, { words, isApart }] of commands.entries()) {
    const [first] = words;
    const last = words.at(-1);
    if (isApart || first === undefined || last === undefined || states.length >= mostStates) continue;
    const at = { from: first.from, to: last.to, commandsBefore: index };
    const what = words.map(({ text }) => text).join(' ');
    if (first.text === 'cd' || first.text === 'pushd')
      states.push({
        ...at,
        what,
        place: words[1]?.text ?? '~',
        isMissed: (_, next) => !goesElsewhere(next),
      });
    else if (setsShell.has(first.text) && words.length > 1)
      states.push({ ...at, what, place: null, isMissed: () => true });
    else if (first.text === 'export' || first.text === 'readonly' || first.text === 'declare')
      for (const { text, from, to } of words.slice(1)) {
        const name = /^(\w+)(?:=|$)/.exec(text)?.[1];
        if (name !== undefined)
          states.push({
            what: text,
            from,
            to,
            commandsBefore: index,
            place: null,
            isMissed: (after) => !isSetFirst(name, after),
          });
      }
    else
      for (const { text, from, to } of words) {
        const name = /^(\w+)\+?=/.exec(text)?.[1];
        // `NAME=value command` sets it for that command alone.
        if (name === undefined || words.some((word) => !/^\w+\+?=/.test(word.text))) break;
        states.push({
          what: text,
          from,
          to,
          commandsBefore: index,
          place: null,
          isMissed: (after) => isUsed(name, after),
        });
      }
  }
  return states;
}

/** The next command goes to a folder that does not depend on the one it begins in. */
function goesElsewhere(next: ShellCommand | null): boolean {
  return next?.words[0]?.text === 'cd' && /^["']?[/~$]/.test(next.words[1]?.text ?? '');
}

function isUsed(name: string, after: string): boolean {
  return new RegExp(`\\$\\{?${name}\\b`).test(after) && !isSetFirst(name, after);
}

/** The text after a checkpoint sets the variable before it uses it. */
function isSetFirst(name: string, after: string): boolean {
  const set = new RegExp(`(?:^|[\\s;])(?:export\\s+)?${name}=`).exec(after)?.index ?? null;
  const used = new RegExp(`\\$\\{?${name}\\b`).exec(after)?.index ?? Number.POSITIVE_INFINITY;
  return set !== null && set <= used;
}

function wordIn(word: string, text: string): boolean {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|[\\s;&|(])${escaped}(?:$|[\\s;&|)])`, 'm').test(text);
}
