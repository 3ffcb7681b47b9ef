import { z } from 'zod';

/** One image of an archive or layout, as it says itself. */
export interface ArchivedImage {
  /** What a person chooses it by: `alpine:3.20`, a tag, or a digest. */
  readonly name: string;
  /** Every name that it goes by. */
  readonly names: readonly string[];
  /** Its place in the list of the archive. */
  readonly index: number;
}

const longestText = 1024;
const mostImages = 1000;
const text = z.string().max(longestText);

/** `manifest.json` of `docker save`. Source: moby image/spec/spec.md, "Combined Image JSON + Filesystem Changeset Format". */
export const dockerManifestSchema = z
  .array(
    z.looseObject({
      Config: text,
      RepoTags: z.array(text).max(mostImages).nullish(),
      Layers: z.array(text).max(mostImages),
    }),
  )
  .min(1)
  .max(mostImages);
export type DockerManifest = z.infer<typeof dockerManifestSchema>;

const descriptorSchema = z.looseObject({
  mediaType: text.optional(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).nullish(),
  platform: z.looseObject({ os: text.optional(), architecture: text.optional() }).nullish(),
});
export type OciDescriptor = z.infer<typeof descriptorSchema>;

/** `index.json` of an OCI layout, or an index within one. Source: OCI image-spec 1.1, image-layout.md and image-index.md. */
export const ociIndexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(descriptorSchema).max(mostImages),
});
export type OciIndex = z.infer<typeof ociIndexSchema>;

/** A manifest, as far as its parts are concerned. Source: OCI image-spec 1.1, manifest.md. */
export const ociManifestSchema = z.looseObject({
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(mostImages),
});

/** The images of a docker archive. */
export function dockerImages(manifest: DockerManifest): readonly ArchivedImage[] {
  return manifest.map(({ RepoTags, Config }, index) => {
    const names = RepoTags ?? [];
    return { name: names[0] ?? Config.replace(/\.json$/, ''), names, index };
  });
}

/**
 * The images of an OCI layout. What is no image (attestations of buildx) is left out; nameless manifests for several
 * platforms are one image.
 */
export function ociImages(index: OciIndex): readonly ArchivedImage[] {
  const images: ArchivedImage[] = [];
  let hasPlatforms = false;
  for (const [at, descriptor] of index.manifests.entries()) {
    if (!isImage(descriptor)) continue;
    const annotations = descriptor.annotations ?? {};
    const names = [
      annotations['org.opencontainers.image.ref.name'],
      annotations['io.containerd.image.name'],
    ].filter((name) => name !== undefined && name !== '' && name.length <= longestText) as string[];
    const isNamelessPlatform = names.length === 0 && typeof descriptor.platform?.architecture === 'string';
    if (isNamelessPlatform && hasPlatforms) continue;
    hasPlatforms ||= isNamelessPlatform;
    images.push({ name: names[0] ?? descriptor.digest, names: [...names, descriptor.digest], index: at });
  }
  return images;
}

/** Whether a descriptor of an index leads to an image, and not to a statement about one. */
export function isImage({ platform, annotations }: OciDescriptor): boolean {
  return platform?.os !== 'unknown' && annotations?.['vnd.docker.reference.type'] === undefined;
}

/** The image that a person means: by any of its names; the only one where none is said. Null where that is not clear. */
export function chosenImage(images: readonly ArchivedImage[], member: string | null): ArchivedImage | null {
  if (member === null) return images.length === 1 ? (images[0] ?? null) : null;
  return (
    images.find(({ name }) => name === member) ?? images.find(({ names }) => names.includes(member)) ?? null
  );
}
