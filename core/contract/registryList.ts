import { z } from 'zod';
import { registryIdSchema } from './ids.ts';
import { registryKinds } from './registryKinds.ts';

export const registryKindSchema = z.enum(registryKinds);

/** A registry of the person's list, as the settings keep it. */
export const registrySettingsSchema = z.object({
  id: registryIdSchema,
  label: z.string().min(1).max(80),
  kind: registryKindSchema,
  /** Host and optional port of what speaks the OCI protocol; a whole path of a folder; else an http(s) address. */
  address: z.string().min(1).max(2048),
  allowHttp: z.boolean().default(false),
  /** Hosts (with port and path, or http(s) addresses) that are asked before it, in this order. */
  mirrors: z.array(z.string().min(1).max(512)).max(16).default([]),
  /** Address of the service's own API where that is not at `address`: GitLab. */
  apiUrl: z.string().max(2048).nullable().default(null),
  /** Of an S3-compatible bucket, whose endpoint `address` is; the prefix ends with `/` or is empty. */
  s3: z
    .object({
      bucket: z.string().min(1).max(255),
      region: z.string().max(64),
      style: z.enum(['path', 'virtual']),
      prefix: z.string().max(1024),
    })
    .nullable()
    .default(null),
});
export type RegistrySettings = z.infer<typeof registrySettingsSchema>;
