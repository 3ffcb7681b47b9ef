import { workbenchError } from '#core/errors/workbenchError.ts';

/** What an image says of itself: its labels, and when it was made (milliseconds since 1970). */
export interface ImageDescription {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly createdAt: number | null;
}

const prefix = 'org.opencontainers.image.';
const longestValue = 4096;
const mostAnnotations = 64;

/** Label Schema's names for the same (OCI image-spec, annotations.md, "Back-compatibility with Label Schema"). */
const olderNames: Readonly<Record<string, string>> = {
  'org.label-schema.build-date': 'created',
  'org.label-schema.url': 'url',
  'org.label-schema.vcs-url': 'source',
  'org.label-schema.version': 'version',
  'org.label-schema.vcs-ref': 'revision',
  'org.label-schema.vendor': 'vendor',
  'org.label-schema.name': 'title',
  'org.label-schema.description': 'description',
  'org.label-schema.usage': 'documentation',
};

const plainText = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  text.trim() !== '' && text.length <= longestValue && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text);
const isWebAddress = (text: string): boolean =>
  plainText(text) && /^https?:\/\//i.test(text) && URL.canParse(text);
/** RFC 3339. */
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text) &&
  !Number.isNaN(Date.parse(text));

/** The names of OCI image-spec, annotations.md, and what may be under them. */
const rules: Readonly<Record<string, (text: string) => boolean>> = {
  created: isTime,
  authors: plainText,
  url: isWebAddress,
  documentation: isWebAddress,
  source: isWebAddress,
  version: plainText,
  revision: plainText,
  vendor: plainText,
  licenses: plainText,
  'ref.name': plainText,
  title: plainText,
  description: plainText,
  'base.digest': (text) => /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(text),
  'base.name': plainText,
};

/**
 * The annotations of a pushed image, sorted by name: what its own labels say under OCI's or Label Schema's names (an
 * image is anybody's work: what is not valid is left out), when it was made, and what the person adds or replaces.
 * Fails with `input.invalid` for what a person may not add.
 */
export function annotationsOf(
  image: ImageDescription,
  added: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  if (image.createdAt !== null) set(found, 'created', new Date(image.createdAt).toISOString());
  for (const { name, value } of image.labels)
    if (Object.hasOwn(olderNames, name)) set(found, olderNames[name] ?? '', value);
  for (const { name, value } of image.labels)
    if (name.startsWith(prefix)) set(found, name.slice(prefix.length), value);
  const entries = Object.entries(added);
  if (entries.length > mostAnnotations) throw invalid('', `There may be ${mostAnnotations} at most`);
  for (const [name, value] of entries) {
    if (!/^[\x21-\x7e]{1,255}$/.test(name))
      throw invalid(name, 'The name may have letters, digits and . - _ /');
    if (!plainText(value)) throw invalid(name, 'The text is empty, too long, or has control characters');
    const rule = name.startsWith(prefix) ? rules[name.slice(prefix.length)] : undefined;
    if (rule !== undefined && !rule(value))
      throw invalid(name, 'OCI wants another form of text under this name');
    found.set(name, value);
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function set(found: Map<string, string>, name: string, value: string): void {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule?.(value) === true) found.set(prefix + name, value);
}

function invalid(name: string, reason: string) {
  return workbenchError('input.invalid', { field: `annotation ${name.slice(0, 255)}`.trim(), reason });
}
