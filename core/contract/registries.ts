import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, registryIdSchema } from './ids.ts';
import { credentialsSchema } from './images.ts';
import { registryKindSchema, registrySettingsSchema } from './registryList.ts';

/** What can be found in a registry. Every text of it was written by strangers. */
export interface Repository {
  /** Below the registry: `library/alpine`; of a folder or bucket, the path from its top. */
  readonly name: string;
  /** A repository has tags; a folder is opened; an image is pulled as it is (a file of a web directory or bucket, an unpacked tree). */
  readonly kind: 'repository' | 'folder' | 'image';
  /** What to pull or show, where the entry is an image by itself. */
  readonly reference: string | null;
  readonly description: string | null;
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970. */
  readonly updatedAt: number | null;
  readonly stars: number | null;
  readonly pulls: number | null;
  readonly isOfficial: boolean;
}

/** Nulls where the registry's list does not say it. */
export const tagSchema = z.object({
  name: z.string(),
  digest: z.string().nullable(),
  /** When it was pushed or made, as the registry tells it; milliseconds since 1970. */
  updatedAt: z.number().nullable(),
  /** Of everything that a pull of it downloads (compressed), for one architecture. */
  sizeBytes: z.number().nullable(),
  /** OCI names: `amd64`, `arm/v7`. */
  architectures: z.array(z.string()),
});
export type Tag = z.infer<typeof tagSchema>;

/** How many requests are left, as the registry last said. */
export const rateSchema = z.object({
  limit: z.number(),
  remaining: z.number(),
  windowSeconds: z.number().nullable(),
  /** Milliseconds since 1970. */
  measuredAt: z.number(),
});
export type Rate = z.infer<typeof rateSchema>;

/** Batches as they arrive; `note` says what a list leaves out, and why. */
export type RepositoryEvent =
  | { readonly type: 'repositories'; readonly repositories: readonly Repository[] }
  | { readonly type: 'end'; readonly note: string | null };
export type TagEvent =
  | { readonly type: 'tags'; readonly tags: readonly Tag[] }
  | { readonly type: 'end'; readonly note: string | null };

export const layerFactsSchema = z.object({
  digest: z.string(),
  mediaType: z.string(),
  /** Compressed, as it is downloaded. */
  sizeBytes: z.number(),
});
export type LayerFacts = z.infer<typeof layerFactsSchema>;

/** A line of an image's history, in the order of the build. */
export const historyLineSchema = z.object({
  /** Index in `layers` of the layer that it made; null for a line that made none. */
  layer: z.number().int().nonnegative().nullable(),
  /** Milliseconds since 1970. */
  createdAt: z.number().nullable(),
  createdBy: z.string(),
  comment: z.string(),
});
export type HistoryLine = z.infer<typeof historyLineSchema>;

const namedText = z.object({ name: z.string(), value: z.string() });

/** One manifest: what would be pulled. */
export const manifestFactsSchema = z.object({
  digest: z.string(),
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  architecture: z.string().nullable(),
  os: z.string().nullable(),
  /** Sum of the layers: what a cold pull downloads. */
  sizeBytes: z.number(),
  createdAt: z.number().nullable(),
  layers: z.array(layerFactsSchema),
  history: z.array(historyLineSchema),
  labels: z.array(namedText),
  annotations: z.array(namedText),
  /** `NAME=value` lines. */
  environment: z.array(z.string()),
  entrypoint: z.array(z.string()),
  command: z.array(z.string()),
  workingFolder: z.string().nullable(),
  user: z.string().nullable(),
});
export type ManifestFacts = z.infer<typeof manifestFactsSchema>;

export const platformFactsSchema = z.object({
  /** OCI name with its variant: `arm/v7`. */
  architecture: z.string(),
  os: z.string(),
  digest: z.string(),
  /** Of the manifest's layers, where it was read. */
  sizeBytes: z.number().nullable(),
});
export type PlatformFacts = z.infer<typeof platformFactsSchema>;

/** Something that points at an image: OCI distribution spec, "Listing Referrers"; cosign's tags `sha256-….sig`. */
export const referrerSchema = z.object({
  digest: z.string(),
  artifactType: z.string(),
  kind: z.enum(['signature', 'sbom', 'attestation', 'other']),
  sizeBytes: z.number(),
  annotations: z.array(namedText),
});
export type Referrer = z.infer<typeof referrerSchema>;

/** What is under a reference. Nothing but manifests and configurations is fetched for it, never a layer. */
export const imageFactsSchema = z.object({
  /** To pull by tag: `docker://127.0.0.1:5000/demo/tiny:v1`. */
  reference: z.string(),
  /** To pull exactly this: `docker://127.0.0.1:5000/demo/tiny@sha256:…`; null where the place knows no digests. */
  byDigest: z.string().nullable(),
  registry: z.string(),
  repository: z.string(),
  tag: z.string().nullable(),
  /** Of the index or manifest that the reference names. */
  digest: z.string().nullable(),
  /** container: made into a SIF by a pull; sif: a SIF as it is; sandbox: an unpacked tree that is run in place. */
  holds: z.enum(['container', 'sif', 'sandbox', 'other']),
  /** In words, where `holds` is other: a Helm chart, an SBOM. */
  holdsText: z.string().nullable(),
  /** Where the image is one file or tree, which has no manifest. */
  file: z
    .object({
      sizeBytes: z.number().nullable(),
      /** Milliseconds since 1970. */
      updatedAt: z.number().nullable(),
      /** The server's name for this state of it. */
      etag: z.string().nullable(),
      labels: z.array(namedText),
    })
    .optional(),
  /** More than one where the reference names an index. */
  platforms: z.array(platformFactsSchema),
  /** The manifest for the asked architecture; null when there is none for it. */
  manifest: manifestFactsSchema.nullable(),
  referrers: z.array(referrerSchema),
  /** How referrers were found, or why they are not known. */
  referrersNote: z.string().nullable(),
  rate: rateSchema.nullable(),
  note: z.string().nullable(),
});
export type ImageFacts = z.infer<typeof imageFactsSchema>;

/** Where the credentials for a registry come from. */
export const credentialsSourceSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  /** Given in this run of the workbench, and forgotten with it. */
  z.object({ type: z.literal('session') }),
  /** The desktop's keychain. */
  z.object({ type: z.literal('keychain') }),
  z.object({
    type: z.literal('file'),
    path: hostPathSchema,
    /** inline: in the file itself, readable for whoever can read it; helper: a program that the file names. */
    how: z.enum(['inline', 'helper']),
    helper: z.string().nullable(),
  }),
]);
export type CredentialsSource = z.infer<typeof credentialsSourceSchema>;

/** The truth about signing in to one registry. */
export const registryAccessSchema = z.object({
  /** Host and port that credentials belong to. */
  registry: z.string(),
  source: credentialsSourceSchema,
  userName: z.string().nullable(),
  /** The last request that the registry answered with these credentials; milliseconds since 1970. */
  lastSuccess: z.number().nullable(),
  /** The last time that it refused them. */
  lastRefusal: z.number().nullable(),
  rate: rateSchema.nullable(),
  /** What the runtime of the asked host would use by itself, in a sentence. */
  runtime: z.string(),
  /** Troubles with files and helpers, in sentences. */
  problems: z.array(z.string()),
  /** Whether a secret can be kept on this machine, and by what; else why not. */
  keychain: z.object({ isAvailable: z.boolean(), text: z.string() }),
});
export type RegistryAccess = z.infer<typeof registryAccessSchema>;

/** What a text turned out to be when it was asked. */
export const recognisedSchema = z.object({
  kind: registryKindSchema,
  /** As the settings keep it. */
  address: z.string(),
  label: z.string(),
  allowHttp: z.boolean(),
  apiUrl: z.string().nullable(),
  s3: registrySettingsSchema.shape.s3,
  /** What was seen, in sentences: `answers /v2/ as an OCI registry`. */
  evidence: z.array(z.string()),
});
export type Recognised = z.infer<typeof recognisedSchema>;

const inRegistry = z.object({ registryId: registryIdSchema });
const inRepository = inRegistry.extend({ repository: z.string().min(1).max(1024) });

/** Rows by the ten thousand are made by core itself: the compiler has checked their form, a schema does not again. */
export const registriesContract = {
  /** Asks an address what it is. Fails with registry.* when nothing answers. */
  recognise: procedure
    .input(z.object({ text: z.string().min(1).max(2048), allowHttp: z.boolean() }))
    .output(recognisedSchema),
  /** Repositories that match a term (all when it is empty), or the entries of a folder or bucket. */
  repositories: procedure
    .input(inRegistry.extend({ term: z.string().max(256), path: z.string().max(2048).nullable() }))
    .output(eventIterator(z.custom<RepositoryEvent>())),
  tags: procedure.input(inRepository).output(eventIterator(z.custom<TagEvent>())),
  /** Size, digest, architectures and time of some tags, for registries whose lists do not tell them. */
  tagFacts: procedure
    .input(inRepository.extend({ tags: z.array(z.string().max(256)).max(50) }))
    .output(z.object({ tags: z.array(tagSchema) })),
  show: procedure
    .input(
      z.object({
        reference: z.string().min(1).max(4096),
        /** OCI name; the host's own when null. */
        architecture: z.string().max(32).nullable(),
        hostId: hostIdSchema,
        allowHttp: z.boolean(),
      }),
    )
    .output(imageFactsSchema),
  access: procedure
    .input(z.object({ registry: z.string().min(1).max(512), hostId: hostIdSchema }))
    .output(registryAccessSchema),
  /** Proves the credentials by a request before they are kept. Fails with registry.unauthorized. */
  signIn: procedure
    .input(
      z.object({
        registry: z.string().min(1).max(512),
        credentials: credentialsSchema,
        allowHttp: z.boolean(),
        /** session: until the workbench ends; keychain: until signed out. */
        keep: z.enum(['session', 'keychain']),
      }),
    )
    .output(z.object({})),
  /** Forgets what we keep. Files of Docker and of the runtime are never changed. */
  signOut: procedure.input(z.object({ registry: z.string().min(1).max(512) })).output(z.object({})),
  /** Gives what a reference names another tag in its repository. */
  copyTag: procedure
    .input(
      z.object({
        reference: z.string().min(1).max(4096),
        tag: z.string().min(1).max(128),
        allowHttp: z.boolean(),
        overwrite: z.boolean(),
      }),
    )
    .output(z.object({ digest: z.string() })),
  /** What a deletion would remove: every tag of the manifest, as far as the registry tells. */
  planDelete: procedure
    .input(z.object({ reference: z.string().min(1).max(4096), allowHttp: z.boolean() }))
    .output(
      z.object({
        digest: z.string(),
        tags: z.array(z.string()),
        areAllTagsKnown: z.boolean(),
        sizeBytes: z.number(),
      }),
    ),
  /** Deletes the manifest of this digest in the repository of the reference. */
  delete: procedure
    .input(
      z.object({
        reference: z.string().min(1).max(4096),
        digest: z.string().max(256),
        allowHttp: z.boolean(),
      }),
    )
    .output(z.object({})),
};
