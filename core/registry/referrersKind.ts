import type { Referrer } from '#core/contract/registries.ts';

/**
 * What points at an image, by its artifact type: cosign's, Notary's, Sigstore's, SPDX's, CycloneDX's and in-toto's own
 * names. A Sigstore bundle says in `dev.sigstore.bundle.content` whether it signs the image or a statement about it.
 */
export function referrerKind(
  artifactType: string,
  annotations: Readonly<Record<string, string>>,
): Referrer['kind'] {
  if (/spdx|cyclonedx|syft|sbom/i.test(artifactType)) return 'sbom';
  if (/in-toto|attestation|provenance|slsa|dsse/i.test(artifactType)) return 'attestation';
  if (/sigstore\.bundle/i.test(artifactType))
    return annotations['dev.sigstore.bundle.content'] === 'dsse-envelope' ? 'attestation' : 'signature';
  return /cosign|notary|signature|simplesigning/i.test(artifactType) ? 'signature' : 'other';
}
