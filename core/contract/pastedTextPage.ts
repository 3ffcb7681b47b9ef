import type { PastedPart } from './pastedTextParts.ts';

/** What a page's address gives: path segments, decoded, and the query. */
interface PageAddress {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Reference of the image that a page shows; null where the page is of another kind; undefined where it names none. */
type PageReader = (page: PageAddress) => string | null | undefined;

/** Sites by host. The shapes of their addresses are those that their pages have. */
const sites: Readonly<Record<string, PageReader>> = {
  'hub.docker.com': readHub,
  'quay.io': readQuay,
  'github.com': readGitHub,
  'catalog.ngc.nvidia.com': readNgc,
  'ngc.nvidia.com': readNgc,
  'cloud.sylabs.io': readSylabs,
  'gallery.ecr.aws': ({ segments: [alias, ...name] }) =>
    alias === undefined || name.length === 0
      ? undefined
      : `docker://public.ecr.aws/${[alias, ...name].join('/')}`,
  'biocontainers.pro': ({ segments: [kind, name] }) =>
    kind === 'tools' && name !== undefined ? `docker://quay.io/biocontainers/${name}` : undefined,
  'bioconda.github.io': ({ segments: [kind, name] }) =>
    kind === 'recipes' && name !== undefined ? `docker://quay.io/biocontainers/${name}` : undefined,
  'gitlab.com': readGitLab,
  'singularity-hub.org': () => undefined,
  'mcr.microsoft.com': ({ segments }) => {
    const at = segments.indexOf('mar');
    const product = segments[0] === 'product' ? segments.slice(1) : at < 0 ? [] : segments.slice(at + 1);
    const name = product.filter((part) => !['about', 'tags'].includes(part));
    return name.length === 0 ? undefined : `docker://mcr.microsoft.com/${name.join('/')}`;
  },
};

/** Registries whose addresses people write as if they were pages: `https://ghcr.io/lab/tool:1`. */
const registries =
  /^(?:docker\.io|index\.docker\.io|registry\.hub\.docker\.com|ghcr\.io|nvcr\.io|quay\.io|gcr\.io|[a-z]+\.gcr\.io|public\.ecr\.aws|registry\.gitlab\.com|registry\.k8s\.io|registry\.access\.redhat\.com)$/;

/** The address of a page that shows an image, also without its scheme → the image. Null for any other text. */
export function readWebPage(text: string): PastedPart | null {
  const [, scheme, host = '', rest = ''] = /^(https?:\/\/)?([a-z0-9.-]+)(\/.*)?$/i.exec(text) ?? [];
  const site = host.toLowerCase().replace(/^www\./, '');
  const isRegistryName = registries.test(site);
  const reader = sites[site];
  // `quay.io/lab/tool` without a scheme is a name; `quay.io/repository/lab/tool` is a page.
  if (scheme === undefined && isRegistryName && !rest.startsWith('/repository/')) return null;
  if (reader === undefined && !(scheme !== undefined && isRegistryName)) return null;
  const page = addressOf(rest);
  if (page === null) return null;
  const found = reader?.(page);
  if (found === null || (found === undefined && isRegistryName)) {
    const name = page.segments.join('/');
    if (!isRegistryName || name === '' || page.segments[0] === 'v2') return null;
    return { reference: `docker://${site}/${name}`, explanation: { code: 'webPage', facts: { site } } };
  }
  if (found === undefined) {
    return { reference: null, explanation: { code: 'pageWithoutImage', facts: { site } } };
  }
  return { reference: found, explanation: { code: 'webPage', facts: { site } } };
}

function addressOf(rest: string): PageAddress | null {
  const [path = '', query = ''] = rest.replace(/#.*$/s, '').split('?', 2);
  try {
    const segments = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    return { segments, query: new URLSearchParams(query) };
  } catch {
    return null; // a broken percent escape is no page's address
  }
}

function tagged(name: string, tag: string | null | undefined): string {
  const isTag = tag !== null && tag !== undefined && /^\w[\w.-]{0,127}$/.test(tag);
  return `docker://${name}${isTag ? `:${tag}` : ''}`;
}

/** `/_/python`, `/r/rocker/rstudio/tags`, `/repository/docker/lab/tool`, `/layers/library/python/3.12/images/sha256-…`. */
function readHub({ segments }: PageAddress): string | undefined {
  const [kind, first, second, third] = segments;
  if (kind === '_' && first !== undefined) return `docker://${first}`;
  if (kind === 'r' && first !== undefined && second !== undefined) return `docker://${first}/${second}`;
  if (kind === 'repository' && second !== undefined && third !== undefined)
    return `docker://${second}/${third}`;
  if (kind === 'layers' && first !== undefined && second !== undefined)
    return tagged(first === 'library' ? second : `${first}/${second}`, third);
  if (kind === 'u' || kind === 'search' || kind === undefined || first === undefined) return undefined;
  // `hub.docker.com/rocker/rstudio`: not an address of theirs, but one that is written.
  return segments.length === 2 ? `docker://${kind}/${first}` : undefined;
}

/** `/repository/lab/tool?tab=tags&tag=1`, `/repository/lab/tool/manifest/sha256:…`. */
function readQuay({ segments, query }: PageAddress): string | null | undefined {
  const [kind, namespace, name, more, digest] = segments;
  if (kind === 'organization' || kind === 'user' || kind === 'search' || kind === undefined) return undefined;
  if (kind !== 'repository') return null;
  if (namespace === undefined || name === undefined) return undefined;
  if (more === 'manifest' && digest !== undefined) return `docker://quay.io/${namespace}/${name}@${digest}`;
  return tagged(`quay.io/${namespace}/${name}`, query.get('tag'));
}

/**
 * `/orgs/ORG/packages/container/package/NAME`, `/orgs/ORG/packages/container/NAME/VERSION?tag=…`,
 * `/OWNER/REPOSITORY/pkgs/container/NAME`.
 */
function readGitHub({ segments, query }: PageAddress): string | null | undefined {
  const at = segments.indexOf('container');
  const before = segments[at - 1];
  if (at < 0 || (before !== 'packages' && before !== 'pkgs')) {
    // Release assets are files.
    return segments.includes('releases') || segments.includes('raw') ? null : undefined;
  }
  const owner = before === 'pkgs' ? segments[0] : segments[1];
  const name = segments[at + 1] === 'package' ? segments[at + 2] : segments[at + 1];
  if (owner === undefined || name === undefined) return undefined;
  return tagged(`ghcr.io/${owner.toLowerCase()}/${name.toLowerCase()}`, query.get('tag'));
}

/** `/orgs/nvidia/containers/pytorch/tags`, `/orgs/nvidia/teams/clara/containers/parabricks?version=4.3`. */
function readNgc({ segments, query }: PageAddress): string | undefined {
  const at = segments.indexOf('containers');
  const name = segments[at + 1];
  // The older pages: `/catalog/containers/nvidia:pytorch`.
  if (at >= 0 && name !== undefined && name.includes(':'))
    return `docker://nvcr.io/${name.replaceAll(':', '/')}`;
  const organization = segments[segments.indexOf('orgs') + 1];
  if (at < 0 || name === undefined || organization === undefined) return undefined;
  const team = segments.includes('teams') ? `${segments[segments.indexOf('teams') + 1] ?? ''}/` : '';
  return tagged(`nvcr.io/${organization}/${team}${name}`, query.get('version') ?? query.get('tag'));
}

/** `/library/sylabs/examples/lolcow`; `/library/_container/ID` names nothing that a client could ask for. */
function readSylabs({ segments }: PageAddress): string | undefined {
  const [kind, entity, collection, container] = segments;
  if (kind !== 'library' || entity === undefined || entity.startsWith('_')) return undefined;
  if (collection === undefined || container === undefined) return undefined;
  return `library://library.sylabs.io/${entity}/${collection}/${container}`;
}

/** `/group/project/container_registry/123`. */
function readGitLab({ segments }: PageAddress): string | null | undefined {
  const at = segments.indexOf('container_registry');
  const project = segments.slice(0, at).filter((part) => part !== '-');
  if (at < 0) return segments.includes('raw') || segments.includes('packages') ? null : undefined;
  return project.length < 2 ? undefined : `docker://registry.gitlab.com/${project.join('/').toLowerCase()}`;
}
