import { z } from 'zod';
import type { HistoryLine } from '#core/contract/registries.ts';
import { type ErrorFacts, workbenchError } from '#core/errors/workbenchError.ts';
import { parseJson } from './manifest.ts';

const textLimit = 16_384;
const listLimit = 1000;

const text = z.string().transform((value) => value.slice(0, textLimit));
const texts = z.array(text).transform((values) => values.slice(0, listLimit));
const configSchema = z.object({
  architecture: z.string().max(64).nullish(),
  variant: z.string().max(64).nullish(),
  os: z.string().max(64).nullish(),
  created: z.string().max(64).nullish(),
  config: z
    .object({
      Labels: z.record(z.string(), z.string()).nullish(),
      Env: texts.nullish(),
      // Old images have a text where the specification wants a list.
      Entrypoint: z.union([texts, text.transform((value) => [value])]).nullish(),
      Cmd: z.union([texts, text.transform((value) => [value])]).nullish(),
      WorkingDir: text.nullish(),
      User: text.nullish(),
    })
    .nullish(),
  history: z
    .array(
      z.object({
        created: z.string().max(64).nullish(),
        created_by: text.nullish(),
        author: text.nullish(),
        comment: text.nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .max(5000)
    .nullish(),
});

export interface NamedText {
  name: string;
  value: string;
}

/** What an image's configuration tells of it, in the words of `ManifestFacts`. */
export interface ConfigFacts {
  readonly architecture: string | null;
  readonly os: string | null;
  readonly createdAt: number | null;
  readonly labels: NamedText[];
  readonly environment: string[];
  readonly entrypoint: string[];
  readonly command: string[];
  readonly workingFolder: string | null;
  readonly user: string | null;
  readonly history: HistoryLine[];
}

/** Of what has no configuration that says something. */
export const noConfigFacts: ConfigFacts = {
  architecture: null,
  os: null,
  createdAt: null,
  labels: [],
  environment: [],
  entrypoint: [],
  command: [],
  workingFolder: null,
  user: null,
  history: [],
};

/**
 * Bytes of a configuration (OCI image-spec, config.md) → what they say; long texts and lists are cut. Fails with
 * `registry.protocol`.
 */
export function parseConfigFacts(bytes: Uint8Array, layerCount: number, facts: ErrorFacts): ConfigFacts {
  const parsed = configSchema.safeParse(parseJson(bytes, facts));
  if (!parsed.success)
    throw workbenchError(
      'registry.protocol',
      { ...facts, reason: 'the configuration is not one' },
      { evidence: z.prettifyError(parsed.error) },
    );
  const { architecture, variant, os, created, config, history } = parsed.data;
  return {
    architecture: architecture ? `${architecture}${variant ? `/${variant}` : ''}` : null,
    os: os || null,
    createdAt: timeOf(created),
    labels: namedTexts(config?.Labels),
    environment: config?.Env ?? [],
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
    workingFolder: config?.WorkingDir || null,
    user: config?.User || null,
    history: historyLines(history ?? [], layerCount),
  };
}

/**
 * Lines in the order of the build. config.md: a line without `empty_layer` made the next layer; where their number is
 * not that of the layers nobody can tell which made which.
 */
function historyLines(
  entries: NonNullable<z.infer<typeof configSchema>['history']>,
  layerCount: number,
): HistoryLine[] {
  const isTied = entries.filter(({ empty_layer: isEmpty }) => isEmpty !== true).length === layerCount;
  let layer = 0;
  return entries.map((entry) => ({
    layer: isTied && entry.empty_layer !== true ? layer++ : null,
    createdAt: timeOf(entry.created),
    createdBy: entry.created_by ?? '',
    comment: entry.comment ?? '',
  }));
}

/** RFC 3339 → milliseconds since 1970. Builders that want the same bytes every time write the epoch: that is no time. */
export function timeOf(value: string | null | undefined): number | null {
  const milliseconds = Date.parse(value ?? '');
  return Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds : null;
}

/** Labels or annotations, sorted by name; long texts and lists are cut. */
export function namedTexts(record: Readonly<Record<string, string>> | null | undefined): NamedText[] {
  return Object.entries(record ?? {})
    .slice(0, listLimit)
    .map(([name, value]) => ({ name: name.slice(0, 1024), value: value.slice(0, textLimit) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
