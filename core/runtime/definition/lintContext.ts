import type { Finding, FindingSeverity, TextEdit } from '#core/contract/definitions.ts';
import {
  type ArgumentDefault,
  argumentDefaultsOf,
  type BuildArguments,
  filledIn,
  type Placeholder,
  placeholdersOf,
} from './buildArguments.ts';
import type { DefinitionDialect } from './definitionDialect.ts';
import { type DefinitionDocument, headerOf, type Section, type Stage } from './definitionDocument.ts';
import { readShell, type ShellScript } from './shellText.ts';
import { type Places, placesIn } from './sourceText.ts';

/** A stage with what several rules ask of it. */
export interface StageView {
  readonly stage: Stage;
  readonly index: number;
  readonly isLast: boolean;
  readonly defaults: readonly ArgumentDefault[];
  readonly defaultNames: ReadonlySet<string>;
  readonly malformedDefaults: readonly { readonly from: number; readonly to: number }[];
  readonly placeholders: readonly Placeholder[];
  /** Value of a header with build arguments put in; null when the stage has none. */
  headerValue(name: string): string | null;
}

interface NewFinding {
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly at: { readonly from: number; readonly to: number };
  readonly message: string;
  readonly detail: string;
  readonly fix?: { readonly title: string; readonly edits: readonly TextEdit[] } | null;
  /** What the runtime prints where it refuses the file for this. */
  readonly refusal?: string;
}

/** What the rules of lint share. */
export interface LintContext {
  readonly document: DefinitionDocument;
  readonly dialect: DefinitionDialect;
  readonly given: BuildArguments;
  readonly stages: readonly StageView[];
  readonly places: Places;
  readonly findings: readonly Finding[];
  add(finding: NewFinding): void;
  /** No more findings are taken, whatever they say. */
  isFull(): boolean;
  /** The section's body read as a script, once. */
  script(section: Section): ShellScript;
}

/** Whoever has more is helped by none of them. */
const mostFindings = 1000;

export function createLintContext(
  document: DefinitionDocument,
  dialect: DefinitionDialect,
  given: BuildArguments,
): LintContext {
  const places = placesIn(document.lines);
  const findings: Finding[] = [];
  const scripts = new Map<Section, ShellScript>();
  const isFull = () => findings.length >= 2 * mostFindings;
  const stages = document.stages.map((stage, index): StageView => {
    const { defaults, malformed } = argumentDefaultsOf(stage);
    return {
      stage,
      index,
      isLast: index === document.stages.length - 1,
      defaults,
      defaultNames: new Set(defaults.map(({ name }) => name)),
      malformedDefaults: malformed,
      placeholders: placeholdersOf(document, stage),
      headerValue: (name) => {
        const header = headerOf(stage, name);
        if (header === null) return null;
        return dialect.hasBuildArguments ? filledIn(header.value, given, defaults) : header.value;
      },
    };
  });
  return {
    document,
    dialect,
    given,
    stages,
    places,
    findings,
    isFull,
    add: ({ code, severity, at, message, detail, fix = null, refusal }) => {
      // What refuses the file must be told, whatever else there is.
      if (findings.length >= mostFindings && refusal === undefined) return;
      if (isFull()) return;
      findings.push({
        code,
        severity,
        range: places.range(at.from, at.to),
        message,
        detail,
        fix: fix === null ? null : { title: fix.title, edits: [...fix.edits] },
        isRefused: refusal !== undefined,
        runtimeSays: refusal ?? null,
      });
    },
    script: (section) => {
      const known = scripts.get(section);
      if (known !== undefined) return known;
      const script = readShell(document.text, section.body);
      scripts.set(section, script);
      return script;
    },
  };
}

const scriptSections = new Set([
  'pre',
  'setup',
  'post',
  'environment',
  'runscript',
  'startscript',
  'test',
  'appinstall',
  'appenv',
  'apprun',
  'appstart',
  'apptest',
]);

/** Whether a section holds shell. One with another interpreter (`#!/usr/bin/python3`) does not. */
export function isShellSection(section: Section): boolean {
  if (!scriptSections.has(section.name)) return false;
  const first = section.body.find(({ text }) => text.trim() !== '');
  return first === undefined || !/^\s*#!/.test(first.text) || /^\s*#!.*\b(?:ba|da|k|z)?sh\b/.test(first.text);
}

/** A piece of the file within a message: short, on one line, in quotation marks. */
export function quoted(text: string): string {
  const line = text.slice(0, 300).replaceAll(/\s+/g, ' ').trim();
  return `“${line.length > 60 ? `${line.slice(0, 59)}…` : line}”`;
}

/** Nobody has so many names and needs help with one. */
const mostCandidates = 500;

/** The candidate that a misspelt word was meant to be: at most two letters off. Null when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 40 || word.length < 2) return null;
  const allowed = word.length < 5 ? 1 : 2;
  let best: { readonly name: string; readonly distance: number } | null = null;
  let compared = 0;
  for (const name of candidates) {
    compared += 1;
    if (compared > mostCandidates) break;
    if (Math.abs(name.length - word.length) > allowed) continue;
    const distance = distanceOf(word.toLowerCase(), name.toLowerCase());
    if (distance <= allowed && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

/** Letters to insert, remove, replace or swap. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[other.length] ?? 0;
}
