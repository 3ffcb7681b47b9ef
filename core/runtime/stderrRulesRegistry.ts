import { documentation, named, rule, type StderrRule } from './stderrRule.ts';

const manifestOf = named('registry', 'repository', 'reference');

/** What a registry or web server said to the runtime. */
export const registryRules: readonly StderrRule[] = [
  rule(
    'manifest-unknown',
    'registry.notFound',
    /GET https?:\/\/([^/\s]+)\/v2\/(\S+)\/manifests\/(\S+): (?:MANIFEST|NAME)_UNKNOWN/,
    { facts: manifestOf },
  ),
  rule(
    'manifest-unknown-docker',
    'registry.notFound',
    /reading manifest (\S+) in (\S+?)\/(\S+): [^\n]*manifest unknown/,
    {
      facts: ([reference = '', registry = '', repository = '']) => ({ registry, repository, reference }),
    },
  ),
  rule(
    'unauthorized',
    'registry.unauthorized',
    /GET https?:\/\/([^/\s]+)\/v2\/(\S+)\/manifests\/\S+: UNAUTHORIZED/,
    { facts: named('registry', 'repository') },
  ),
  rule('denied', 'registry.forbidden', /GET https?:\/\/([^/\s]+)\/v2\/(\S+)\/manifests\/\S+: DENIED/, {
    ...documentation,
    facts: named('registry', 'repository'),
  }),
  rule('rate-limit', 'registry.rateLimited', /toomanyrequests/i, documentation),
  rule('refused', 'registry.connectionRefused', /dial tcp (\S+): connect: connection refused/, {
    facts: named('registry'),
  }),
  rule('no-such-host', 'registry.hostUnknown', /lookup (\S+?)(?: on \S+)?: no such host/, {
    facts: named('registry'),
  }),
  rule(
    'plain-http',
    'registry.plainHttp',
    /(?:(?:Get|Head) "https?:\/\/([^/"\s]+)[^"\n]*": )?(?:http: server gave HTTP response to HTTPS client|tls: first record does not look like a TLS handshake)/,
    { facts: named('registry') },
  ),
  rule('certificate', 'registry.certificate', /(x509: [^\n]+)/, { ...documentation, facts: named('reason') }),
  rule('timeout', 'registry.timeout', /dial tcp (\S+): i\/o timeout/, {
    ...documentation,
    facts: named('registry'),
  }),
  rule('web-missing', 'registry.notFound', /the requested image was not found/),
  rule('oras-layers', 'registry.notASif', /ORAS SIF image should have a single layer, found \d+/, {
    facts: () => ({ mediaType: 'an ordinary container image' }),
  }),
  rule('sif-as-docker', 'image.notAnImage', /no extractable OCI\/Docker tar layers found in this image/, {
    facts: () => ({
      reason: 'The registry holds a SIF under this name: write oras:// in the place of docker://',
    }),
  }),
  rule('bad-reference', 'registry.badReference', /could not parse reference: ([^\n]+)/, {
    facts: named('reference'),
  }),
  rule(
    'no-library',
    'registry.unsupportedScheme',
    /remote has no library client|no default remote with library client in use/,
    {
      facts: () => ({ scheme: 'library' }),
    },
  ),
  rule(
    'no-platform',
    'image.nothingForArchitecture',
    /no image found in (?:manifest list|image index) for architecture "?([^\s",]+)/,
    {
      ...documentation,
      facts: named('architecture'),
    },
  ),
  rule('broken-transfer', 'registry.interrupted', /unexpected EOF|connection reset by peer/, documentation),
  rule('library-missing', 'registry.notFound', /image does not exist in the library: ([^\n(]+)/, {
    ...documentation,
    facts: named('repository'),
  }),
  rule(
    'layer-type',
    'registry.notASif',
    /invalid layer mediatype: (\S+)|unsupported image-specific operation on artifact/,
    {
      ...documentation,
      facts: named('mediaType'),
      nextStep:
        'The registry holds another kind of artifact under this name: try oras:// in the place of docker://, or the other way round.',
    },
  ),
  rule('signature', 'image.notAnImage', /Failed to verify container: ([^\n]+)/i, {
    facts: named('reason'),
    cause: 'The image has no valid signature of a key that you trust, or was changed after it was signed.',
    nextStep: 'Fetch the signer’s key, or fetch the image again from where it was published.',
  }),
  rule('transport-unknown', 'registry.unsupportedScheme', /Unsupported transport type: (\S+)/, {
    facts: named('scheme'),
  }),
  rule(
    'transport-missing',
    'registry.badReference',
    /unable to parse image name (\S+): [^\n]*not in transport:reference pair/,
    {
      facts: named('reference'),
      nextStep: 'Write where it comes from in front: docker://, oras://, library:// or https://.',
    },
  ),
  rule('cache-writers', 'registry.interrupted', /no descriptor found for reference/, {
    ...documentation,
    cause: 'Two pulls changed the runtime’s cache at the same time, often from two nodes that share a home.',
    nextStep: 'Pull again, one at a time.',
  }),
  rule('cache-database', 'registry.interrupted', /github\.com\/etcd-io\/bbolt/, {
    ...documentation,
    cause: 'A small database of the runtime’s cache is damaged, often on a network file system.',
    nextStep: 'Delete ~/.local/share/containers/cache/blob-info-cache-v1.boltdb and pull again.',
    source: 'https://apptainer.org/docs/user/latest/build_env.html',
  }),
];
