import { parseImageReference } from './imageReference.ts';
import type { PastedNote, PastedText } from './pastedTextParts.ts';

/** SingularityCE's library: the server that old lines mean by `library://` (container-library-client's default). */
export const libraryHost = 'library.sylabs.io';

const imageFile = /\.(?:sif|simg|img|sqsh|sqfs|squashfs|ext3|tar|tgz|txz|tar\.(?:gz|xz|zst|bz2))$/i;

/** A path rather than a name: it begins like one, or ends as images and archives do. */
export function isFilePath(text: string): boolean {
  if (/^file:\/\//i.test(text)) return true;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) return false;
  return /^(?:\/|\.{1,2}\/|~)/.test(text) || (imageFile.test(text) && !/:[^/]*$/.test(text));
}

/** `alpine:3.20`, `ghcr.io/lab/tool:1`: could be the name of an image in a registry. */
export function isPlausibleName(text: string): boolean {
  return !text.includes('://') && parseImageReference(`docker://${text}`).ok;
}

interface NormalReference {
  readonly reference: string;
  readonly fileName: string | null;
  readonly explanation: PastedNote | null;
  readonly warnings: PastedText['warnings'];
}

/** A reference as people write it, its scheme in front → as it works here. What has no other meaning stays as it is. */
export function normaliseReference(written: string, library: string): NormalReference {
  const same = { reference: written, fileName: null, explanation: null, warnings: [] };
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(written) ?? [];
  switch (scheme.toLowerCase()) {
    case 'docker':
      return normaliseDocker(rest.replace(/^\/+/, ''));
    case 'oras':
      return { ...same, reference: `oras://${rest}` };
    case 'library':
      return normaliseLibrary(rest.replace(/^\/+/, ''), library);
    case 'shub':
      return {
        ...same,
        reference: `shub://${rest.replace(/^\/+/, '')}`,
        explanation: { code: 'shubArchive', facts: {} },
      };
    case 'http':
    case 'https':
      return { ...same, fileName: depotFileName(written) };
    default:
      return same;
  }
}

/** Names of Docker Hub that people write; `index.docker.io` is what the runtimes write themselves. */
const hubHost = /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)\//;

function normaliseDocker(rest: string): NormalReference {
  // enroot's grammar: docker://USER@REGISTRY#IMAGE:TAG
  const plain = rest.replace(/^(?:[^@/#]+@)?([^#/]+)#/, '$1/');
  const hub = hubHost.exec(plain);
  const named = hub === null ? plain : plain.slice(hub[0].length).replace(/^library\/(?=[^/]+$)/, '');
  const host = hub?.[0].slice(0, -1) ?? '';
  return {
    reference: `docker://${named}`,
    fileName: null,
    explanation: host === '' || host === 'docker.io' ? null : { code: 'hubHost', facts: { host } },
    warnings: dockerWarnings(named),
  };
}

/** Registries of which most repositories have no `latest`. */
const withoutLatest = /^(?:nvcr\.io|quay\.io\/biocontainers|biocontainers)\//;

function dockerWarnings(named: string): PastedText['warnings'] {
  const parsed = parseImageReference(`docker://${named}`);
  if (!parsed.ok || parsed.reference.kind !== 'docker') return [];
  const { tag, digest } = parsed.reference;
  if (tag !== null && digest !== null) return [{ code: 'digestCounts', facts: { tag } }];
  const hasTag = /:[^/]+$/.test(named) || digest !== null;
  const place = withoutLatest.exec(named)?.[0].slice(0, -1);
  return hasTag || place === undefined ? [] : [{ code: 'needsTag', facts: { registry: place } }];
}

/** Names its server, which Apptainer has no default for; left-out parts are `library/default`, as its client has them. */
function normaliseLibrary(rest: string, library: string): NormalReference {
  const written = {
    reference: `library://${rest}`,
    fileName: null,
    explanation: null,
    warnings: [],
  };
  const parsed = parseImageReference(written.reference);
  if (!parsed.ok || parsed.reference.kind !== 'library' || parsed.reference.host !== null) return written;
  const { entity, collection, container, tag } = parsed.reference;
  return {
    ...written,
    reference: `library://${library}/${entity}/${collection}/${container}:${tag}`,
    explanation: { code: 'libraryDefault', facts: { host: library } },
  };
}

/** Galaxy's depot has SIFs without the ending: `…/singularity/samtools:1.20--h50ea8bc_0`. */
function depotFileName(address: string): string | null {
  const name = /^https?:\/\/[^/]+\/singularity\/([^/?#]+:[^/?#]+)$/.exec(address)?.[1];
  return name === undefined || imageFile.test(name) ? null : `${name.replace(':', '_')}.sif`;
}

/** `docker-archive:/data/x.tar:name:tag` and `docker-archive:///data/x.tar` → the path. */
export function archivePath(name: string): string {
  return name.replace(/^[a-z-]+:(?:\/\/(?=\/|[^/]))?/, '').replace(/(\.tar(?:\.\w+)?):.*$/, '$1');
}

/** A name as engines take it, with our scheme. */
export function withDocker(name: string): string {
  return name.includes('://') ? name : `docker://${name}`;
}
