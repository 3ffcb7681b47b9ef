/** Sources that are written `scheme://From`. */
const registries: ReadonlySet<string> = new Set(['docker', 'oras', 'library', 'shub', 'http', 'https']);
/** Sources that are written `scheme:From`. */
const archives: ReadonlySet<string> = new Set(['docker-archive', 'docker-daemon', 'oci', 'oci-archive']);

const longestHeader = 200;
const longestValue = 1024;

/**
 * Where an image came from, out of its definition: `docker://alpine:3.20`, a path for localimage, `debootstrap
 * bookworm`. Null when the text has no `Bootstrap:` line. Of a build in several stages, the last one counts.
 * Source of the grammar: apptainer pkg/build/types/parser/deffile.go.
 */
export function definitionSource(definition: string): string | null {
  const header = lastHeader(definition);
  const bootstrap = header.get('bootstrap')?.toLowerCase();
  if (bootstrap === undefined || bootstrap === '') return null;
  return sourceOf(bootstrap, header);
}

/** The same out of the labels that the runtime records, for images without a definition. */
export function labelSource(
  labels: readonly { readonly name: string; readonly value: string }[],
): string | null {
  const prefix = 'org.label-schema.usage.singularity.deffile.';
  const header = new Map(
    labels
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, value }) => [name.slice(prefix.length).toLowerCase(), value]),
  );
  const bootstrap = header.get('bootstrap')?.toLowerCase();
  return bootstrap === undefined || bootstrap === '' ? null : sourceOf(bootstrap, header);
}

function sourceOf(bootstrap: string, header: ReadonlyMap<string, string>): string {
  const from = header.get('from') ?? '';
  if (registries.has(bootstrap)) return `${bootstrap}://${withRegistry(from, header)}`;
  if (archives.has(bootstrap)) return `${bootstrap}:${from}`;
  if (bootstrap === 'localimage') return from === '' ? bootstrap : from;
  const version = header.get('osversion') ?? from;
  return version === '' ? bootstrap : `${bootstrap} ${version}`;
}

/** The headers `Registry:` and `Namespace:` stand before the name. */
function withRegistry(from: string, header: ReadonlyMap<string, string>): string {
  const registry = (header.get('registry') ?? '').replace(/^https?:\/\//, '');
  return [registry, header.get('namespace') ?? '', from].filter((part) => part !== '').join('/');
}

/** Key → value of the lines from the last `Bootstrap:` to the first section after it. */
function lastHeader(definition: string): ReadonlyMap<string, string> {
  const starts = [...definition.matchAll(/^[ \t]*bootstrap[ \t]*:/gim)];
  const header = new Map<string, string>();
  const start = starts.at(-1)?.index;
  if (start === undefined) return header;
  for (const line of definition
    .slice(start, start + 65_536)
    .split('\n')
    .slice(0, longestHeader)) {
    if (/^\s*%/.test(line)) break;
    const pair = /^\s*([A-Za-z][A-Za-z0-9_]*)[ \t]*:(.*)$/.exec(line);
    if (pair?.[1] === undefined || pair[2] === undefined) continue;
    header.set(pair[1].toLowerCase(), withoutComment(pair[2]).slice(0, longestValue));
  }
  return header;
}

/** A `#` after white space begins a comment. */
function withoutComment(value: string): string {
  return value.replace(/\s#.*$/, '').trim();
}
