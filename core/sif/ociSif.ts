import { type ByteRange, type Chunk, takeBytes } from './bytes.ts';
import { dataType, type SifDescriptor } from './descriptor.ts';
import type { SifHead } from './imageHead.ts';
import { entries, type ImageMetadata, longestMetadata, member, parseJson } from './metadata.ts';

/** What an OCI-SIF's configuration says, or the part of the file that must be read first. */
export type OciSifContents =
  | { readonly state: 'wanted'; readonly range: ByteRange }
  | {
      readonly state: 'read';
      readonly labels: ImageMetadata['labels'];
      readonly environment: ImageMetadata['environment'];
      readonly architecture: string | null;
    };

/**
 * Follows root index → manifest → configuration inside an OCI-SIF (SingularityCE 4; from documentation, not run).
 * Source: singularity internal/pkg/ocisif, OCI image specification.
 */
export function readOciSif(head: SifHead, chunks: readonly Chunk[]): OciSifContents {
  const index = head.descriptors.find(({ type }) => type === dataType.ociRootIndex);
  const manifests = jsonOf(index, chunks);
  if (manifests.state === 'wanted') return manifests;
  const first = member(manifests.json, 'manifests');
  const manifest = jsonOf(blob(head, member(Array.isArray(first) ? first[0] : undefined, 'digest')), chunks);
  if (manifest.state === 'wanted') return manifest;
  const config = jsonOf(blob(head, member(member(manifest.json, 'config'), 'digest')), chunks);
  if (config.state === 'wanted') return config;
  const inner = member(config.json, 'config');
  const variables = member(inner, 'Env');
  const architecture = member(config.json, 'architecture');
  const labels = entries(member(inner, 'Labels')).map(([name, value]) => ({ name, value }));
  return {
    state: 'read',
    labels,
    environment: Array.isArray(variables)
      ? [{ file: 'OCI config', text: variables.filter((one) => typeof one === 'string').join('\n') }]
      : [],
    architecture: typeof architecture === 'string' ? architecture.slice(0, 64) : null,
  };
}

type Found =
  | { readonly state: 'wanted'; readonly range: ByteRange }
  | { readonly state: 'found'; readonly json: unknown };

function jsonOf(descriptor: SifDescriptor | undefined, chunks: readonly Chunk[]): Found {
  if (descriptor === undefined || descriptor.sizeBytes > longestMetadata || descriptor.sizeBytes === 0)
    return { state: 'found', json: undefined };
  const range = { offset: descriptor.offset, length: descriptor.sizeBytes };
  const bytes = takeBytes(chunks, range);
  return bytes === null ? { state: 'wanted', range } : { state: 'found', json: parseJson(bytes) };
}

function blob(head: SifHead, digest: unknown): SifDescriptor | undefined {
  return typeof digest === 'string' ? head.descriptors.find((one) => one.digest === digest) : undefined;
}
