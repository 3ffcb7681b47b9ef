import { readText } from './bytes.ts';

/** One app of an image (SCIF). */
export interface AppMetadata {
  readonly name: string;
  readonly help: string | null;
  readonly runscript: string | null;
}

/** What `inspect-metadata.json` records: the answer of `inspect --json --all`. Absent parts are null or empty. */
export interface ImageMetadata {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly environment: readonly { readonly file: string; readonly text: string }[];
  readonly runscript: string | null;
  readonly startscript: string | null;
  readonly test: string | null;
  readonly help: string | null;
  readonly definition: string | null;
  readonly apps: readonly AppMetadata[];
}

/** No image needs more; what is longer is not read. */
export const longestMetadata = 4 * 1024 * 1024;
/** Longest text handed on, in UTF-16 units. */
const longestText = 1024 * 1024;
const mostEntries = 4096;

/**
 * The JSON object of an image, written by the runtime but as hostile as the image. Null when it is not such an object.
 * Source of the shape: apptainer pkg/inspect/metadata.go.
 */
export function parseMetadata(bytes: Uint8Array): ImageMetadata | null {
  if (bytes.length > longestMetadata) return null;
  const attributes = member(member(parseJson(bytes), 'data'), 'attributes');
  if (!isRecord(attributes)) return null;
  return {
    labels: entries(attributes['labels']).map(([name, value]) => ({ name, value })),
    environment: entries(attributes['environment']).map(([file, text]) => ({ file, text })),
    runscript: textOf(attributes['runscript']),
    startscript: textOf(attributes['startscript']),
    test: textOf(attributes['test']),
    help: textOf(attributes['helpfile']),
    definition: textOf(attributes['deffile']),
    apps: records(attributes['apps']).map(([name, app]) => ({
      name,
      help: textOf(member(app, 'helpfile')),
      runscript: textOf(member(app, 'runscript')),
    })),
  };
}

/** Labels as old images keep them, in a JSON object of their own. */
export function parseLabels(bytes: Uint8Array): ImageMetadata['labels'] {
  if (bytes.length > longestMetadata) return [];
  return entries(parseJson(bytes)).map(([name, value]) => ({ name, value }));
}

/** Any JSON; undefined when it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(readText(bytes));
  } catch {
    return undefined; // not JSON: the caller goes on without it
  }
}

/** A member of an object; undefined when there is none or this is no object. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A text cut at 1 MiB; null when this is no text. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? cutText(value) : null;
}

export function cutText(text: string): string {
  return text.length > longestText ? text.slice(0, longestText) : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function records(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value).slice(0, mostEntries) : [];
}

/** Pairs whose value is a text, in the order of their names. */
export function entries(value: unknown): readonly (readonly [string, string])[] {
  return records(value)
    .flatMap(([name, one]) => (typeof one === 'string' ? [[cutText(name), cutText(one)] as const] : []))
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
