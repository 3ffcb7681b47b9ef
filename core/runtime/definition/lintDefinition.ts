import type { Finding, Outline } from '#core/contract/definitions.ts';
import type { Dialect } from '../dialect.ts';
import type { BuildArguments } from './buildArguments.ts';
import { checkpointsOf, lintCheckpoints } from './checkpoints.ts';
import { definitionDialect } from './definitionDialect.ts';
import { isDockerfile } from './dockerfileText.ts';
import { lintArguments } from './lintArguments.ts';
import { lintContents } from './lintContents.ts';
import { createLintContext, type LintContext } from './lintContext.ts';
import { lintFiles } from './lintFiles.ts';
import { lintHeaders } from './lintHeaders.ts';
import { type BuildHost, lintHost } from './lintHost.ts';
import { lintShell } from './lintShell.ts';
import { lintStructure } from './lintStructure.ts';
import { parseDefinition } from './parseDefinition.ts';
import { isSecretName } from './secretNames.ts';

export interface LintOptions {
  /** The runtime that will build; null for the newest of any. */
  readonly dialect: Dialect | null;
  /** The machine that will build; undefined where none is chosen. */
  readonly host?: BuildHost;
  /** Values that the build will be given. */
  readonly buildArguments: BuildArguments;
}

/**
 * Text of a definition file → what is wrong or surprising in it, in the order of the text, and its outline. A finding
 * `isRefused` exactly where the runtime refuses the file before it builds anything. Never fails.
 */
export function lintDefinition(
  text: string,
  { dialect, host, buildArguments }: LintOptions,
): { readonly findings: readonly Finding[]; readonly outline: Outline } {
  const document = parseDefinition(text);
  const context = createLintContext(document, definitionDialect(dialect), buildArguments);
  lintStructure(context);
  lintHeaders(context);
  lintArguments(context);
  lintFiles(context);
  lintShell(context);
  lintContents(context);
  lintCheckpoints(context);
  if (host !== undefined) lintHost(context, host);
  const outline = outlineOf(context);
  if (isDockerfile(text)) return { findings: [dockerfileFinding(context)], outline };
  return { findings: context.findings.toSorted(inOrder), outline };
}

const severities = ['error', 'warning', 'hint'];

function inOrder(one: Finding, other: Finding): number {
  return (
    one.range.from - other.range.from || severities.indexOf(one.severity) - severities.indexOf(other.severity)
  );
}

/** In place of what every line of it would be told. */
function dockerfileFinding({ findings, places, document }: LintContext): Finding {
  const refusals = findings.filter(({ isRefused }) => isRefused).toSorted(inOrder);
  // The runtime gives up over the headers before it asks for a bootstrap.
  const refusal = refusals.find(({ code }) => code.startsWith('header.')) ?? refusals[0];
  const line = document.lines.find(({ text }) => /^\s*(?:FROM|ARG)\s/i.test(text)) ?? document.lines[0];
  return {
    code: 'file.dockerfile',
    severity: 'error',
    range: places.range(line?.from ?? 0, line?.to ?? 0),
    message: 'This is a Dockerfile, not a definition file.',
    detail: 'It can be converted: what a definition file cannot express is listed line by line.',
    fix: null,
    isRefused: true,
    runtimeSays: refusal?.runtimeSays ?? null,
  };
}

function outlineOf({ stages, places, script }: LintContext): Outline {
  const defaults = new Map<string, string | null>();
  for (const view of stages) {
    for (const { name, isSkipped } of view.placeholders)
      if (!isSkipped && !defaults.has(name)) defaults.set(name, null);
    for (const { name, value } of view.defaults)
      if (/^\w+$/.test(name) && (defaults.get(name) ?? null) === null) defaults.set(name, value);
  }
  return {
    stages: stages.map(({ stage, headerValue }) => ({
      name: headerValue('stage'),
      agent: headerValue('bootstrap'),
      base: headerValue('from'),
      range: places.range(stage.from, stage.to),
      headers: stage.headers.map(({ name, value, from, to }) => ({
        name,
        value,
        range: places.range(from, to),
      })),
      sections: stage.sections.map(({ name, argument, nameFrom, line, body }) => ({
        name,
        argument,
        range: places.range(nameFrom, body.at(-1)?.to ?? line.to),
      })),
      checkpoints: checkpointsOf(stage, script).map(({ name, from, to }) => ({
        name,
        range: places.range(from, to),
      })),
    })),
    buildArguments: Array.from(defaults, ([name, defaultValue]) => ({
      name,
      defaultValue,
      isSecret: isSecretName(name),
    })),
  };
}
