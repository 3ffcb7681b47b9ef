import type { Placeholder } from './buildArguments.ts';
import { sectionsOf } from './definitionDocument.ts';
import { closest, type LintContext, quoted, type StageView } from './lintContext.ts';

/** Build arguments: given, defined, used. */
export function lintArguments(context: LintContext): void {
  const defaultsAnywhere = new Set(context.stages.flatMap(({ defaultNames }) => [...defaultNames]));
  for (const view of context.stages) {
    for (const place of view.placeholders) lintPlaceholder(context, view, { place, defaultsAnywhere });
    lintDefaults(context, view);
  }
  lintForeign(context);
  lintGiven(context);
}

function lintPlaceholder(
  context: LintContext,
  view: StageView,
  {
    place,
    defaultsAnywhere,
  }: { readonly place: Placeholder; readonly defaultsAnywhere: ReadonlySet<string> },
): void {
  const { add, dialect, given } = context;
  if (!dialect.hasBuildArguments) {
    add({
      code: 'argument.unsupported',
      severity: 'warning',
      at: place,
      message: `${dialect.label ?? 'The runtime'} has no build arguments: this stays as it is.`,
      detail: 'They came with Apptainer 1.2 and SingularityCE 4.0.',
    });
    return;
  }
  const isDefined = Object.hasOwn(given, place.name) || view.defaultNames.has(place.name);
  if (place.isSkipped) {
    if (isDefined && !isComment(context, place))
      add({
        code: 'argument.afterHash',
        severity: 'warning',
        at: place,
        message: `${quoted(`{{ ${place.name} }}`)} is not replaced: a “#” stands before it on its line.`,
        detail:
          'The runtime takes the rest of such a line as a comment, also where the “#” is part of a text or an address.',
      });
    return;
  }
  if (isDefined || context.isFull()) return;
  const meant = closest(place.name, [...view.defaultNames, ...Object.keys(given)]);
  add({
    code: 'argument.undefined',
    severity: 'error',
    at: place,
    message: `The build argument ${quoted(place.name)} has no value.`,
    detail:
      meant !== null
        ? `Did you mean “${meant}”?`
        : defaultsAnywhere.has(place.name)
          ? 'It has a default in another stage, and each stage needs its own %arguments.'
          : 'Give it a default in %arguments, or a value when you build. Text that another program is to replace cannot be written as {{ name }} here: copy it with %files.',
    fix:
      meant !== null
        ? {
            title: `Change to “${meant}”`,
            edits: [{ from: place.from, to: place.to, text: `{{ ${meant} }}` }],
          }
        : defaultFix(view, place.name),
    refusal: `build var ${place.name} is not defined`,
  });
}

function isComment({ document, places }: LintContext, place: Placeholder): boolean {
  return /^\s*#/.test(document.lines[places.lineAt(place.from) - 1]?.text ?? '');
}

function defaultFix({ stage }: StageView, name: string) {
  const title = `Add “${name}” to %arguments`;
  const known = sectionsOf(stage, 'arguments')[0];
  if (known !== undefined)
    return { title, edits: [{ from: known.line.to, to: known.line.to, text: `\n    ${name}=` }] };
  const first = stage.sections[0];
  return first === undefined
    ? { title, edits: [{ from: stage.to, to: stage.to, text: `\n\n%arguments\n    ${name}=\n` }] }
    : {
        title,
        edits: [{ from: first.line.from, to: first.line.from, text: `%arguments\n    ${name}=\n\n` }],
      };
}

function lintDefaults(
  { add, dialect }: LintContext,
  { defaults, malformedDefaults, placeholders }: StageView,
): void {
  for (const at of malformedDefaults)
    add({
      code: 'argument.malformed',
      severity: 'warning',
      at,
      message: 'This line is passed over: it is not “NAME=value”.',
      detail: '%arguments has one default a line.',
    });
  if (!dialect.hasBuildArguments) return;
  const used = new Set(placeholders.flatMap(({ name, isSkipped }) => (isSkipped ? [] : [name])));
  for (const one of defaults) {
    const at = { from: one.from, to: one.to };
    if (!/^\w+$/.test(one.name))
      add({
        code: 'argument.name',
        severity: 'warning',
        at,
        message: `${quoted(one.name)} cannot be used: a name has letters, digits and “_” only.`,
        detail: 'The runtime looks for {{ name }} with such a name and leaves everything else as it is.',
      });
    else if (!used.has(one.name))
      add({
        code: 'argument.defaultUnused',
        severity: 'hint',
        at,
        message: `This stage does not use the build argument ${quoted(one.name)}.`,
        detail: `It is used as {{ ${one.name} }}. In a shell, $${one.name} is another thing.`,
      });
  }
}

const foreign = /\{\{(?:-?\s*[.$][^{}\n]*|[^{}\n]*[|%][^{}\n]*|\s*\w+(?:-\w+)+\s*)\}\}/g;

/** Templates of other programs: they stay as they are, which is what is meant, or a name that is not one. */
function lintForeign({ add, document, dialect }: LintContext): void {
  if (!dialect.hasBuildArguments || !document.text.includes('{{')) return;
  for (const match of document.text.matchAll(foreign)) {
    const inner = match[0].slice(2, -2).trim();
    const isName = /^\w+(-\w+)+$/.test(inner);
    add({
      code: isName ? 'argument.name' : 'argument.foreign',
      severity: isName ? 'warning' : 'hint',
      at: { from: match.index, to: match.index + match[0].length },
      message: isName
        ? `${quoted(inner)} is not the name of a build argument: this stays as it is.`
        : `${quoted(match[0])} is not a build argument and stays as it is.`,
      detail: 'Build arguments are {{ name }}, with letters, digits and “_” in the name.',
    });
  }
}

function lintGiven({ add, dialect, document, given, stages }: LintContext): void {
  const used = new Set(
    stages.flatMap(({ placeholders }) =>
      placeholders.flatMap(({ name, isSkipped }) => (isSkipped ? [] : [name])),
    ),
  );
  const section = stages.flatMap(({ stage }) => sectionsOf(stage, 'arguments'))[0];
  const line = section?.line ?? document.lines[0];
  const at = { from: line?.from ?? 0, to: line?.to ?? 0 };
  for (const name of Object.keys(given)) {
    if (used.has(name)) continue;
    const meant = closest(name, used);
    const isFatal = dialect.areUnusedArgumentsFatal;
    add({
      code: 'argument.unused',
      severity: isFatal ? 'error' : 'warning',
      at,
      message: `No stage uses the build argument ${quoted(name)}.`,
      detail: [
        meant === null ? `It would be used as {{ ${name} }}.` : `Did you mean “${meant}”?`,
        isFatal
          ? 'Apptainer refuses to build with an argument that nothing uses, unless it is told to warn only.'
          : 'SingularityCE mentions it and goes on.',
      ].join(' '),
      ...(isFatal ? { refusal: 'unused build args' } : {}),
    });
  }
}
