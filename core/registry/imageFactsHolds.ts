import type { ImageFacts } from '#core/contract/registries.ts';
import type { ManifestDocument } from './manifest.ts';

type Manifest = Extract<ManifestDocument, { readonly type: 'manifest' }>;

/**
 * What artifacts are, by the media types that their makers document: of the artifact, its configuration or a layer.
 * Several of them use an image's configuration, so that they are known before it counts.
 */
const kinds: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  { pattern: /^application\/vnd\.cncf\.helm\./, text: 'a Helm chart' },
  { pattern: /\bwasm\b/, text: 'a WebAssembly module' },
  { pattern: /cosign\.simplesigning/, text: 'a cosign signature' },
  { pattern: /cncf\.notary\.signature/, text: 'a Notary signature' },
  { pattern: /dev\.sigstore\.bundle/, text: 'a Sigstore bundle: a signature or an attestation' },
  { pattern: /spdx/, text: 'an SBOM (SPDX)' },
  { pattern: /cyclonedx/, text: 'an SBOM (CycloneDX)' },
  { pattern: /syft|sbom/, text: 'an SBOM' },
  { pattern: /in-toto|dsse\.envelope/, text: 'an attestation (in-toto)' },
  { pattern: /^application\/vnd\.docker\.plugin\./, text: 'a Docker plugin' },
  { pattern: /^application\/vnd\.docker\.compose\./, text: 'a Docker Compose project' },
  { pattern: /^application\/vnd\.docker\.ai\.|ollama/, text: 'a language model' },
  { pattern: /^application\/vnd\.cncf\.flux\./, text: 'a Flux configuration' },
  { pattern: /^application\/vnd\.cncf\.openpolicyagent\./, text: 'policies for Open Policy Agent' },
  { pattern: /^application\/vnd\.sylabs\.data-container\./, text: 'a data container of SingularityCE' },
  {
    pattern: /^application\/vnd\.sylabs\.image\.layer\./,
    text: 'an OCI-SIF, which SingularityCE 4 runs and Apptainer does not',
  },
];

/** What a manifest holds, in words where it is neither a container nor a SIF. */
export function holdingOf(
  document: Manifest,
  artifactType: string | null,
): Pick<ImageFacts, 'holds' | 'holdsText'> {
  if (document.holds === 'sif') return { holds: 'sif', holdsText: null };
  const types = [artifactType, document.config.mediaType, ...document.layers.map((layer) => layer.mediaType)];
  const known = kinds.find(({ pattern }) => types.some((type) => type !== null && pattern.test(type)));
  if (known !== undefined) return { holds: 'other', holdsText: known.text };
  if (document.holds === 'image') return { holds: 'container', holdsText: null };
  return { holds: 'other', holdsText: `an artifact of the type ${artifactType ?? typeOf(document)}` };
}

/** The specification's empty configuration says nothing; then the first layer does. */
function typeOf(document: Manifest): string {
  const { config, layers } = document;
  const isEmpty = /^application\/vnd\.(?:oci\.empty|unknown\.config)\.v1\+json$/.test(config.mediaType);
  return isEmpty ? (layers[0]?.mediaType ?? config.mediaType) : config.mediaType;
}
