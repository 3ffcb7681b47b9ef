import { z } from 'zod';
import { hostPathSchema } from './hostPath.ts';

/** Which program a runtime is. From its version text, never from its name: `singularity` may be Apptainer. */
export const runtimeProductSchema = z.enum(['apptainer', 'singularity-ce', 'singularity']);
export type RuntimeProduct = z.infer<typeof runtimeProductSchema>;

export const runtimeInstallationSchema = z.object({
  path: hostPathSchema,
  product: runtimeProductSchema,
  /** As printed: `1.4.5`, `4.1.0-rc.1+12-gabc`. */
  version: z.string(),
  isSetuid: z.boolean().nullable(),
  isChosen: z.boolean(),
  /** Whether the project's tests run this product and version for real, or know it from documentation only. */
  knowledge: z.enum(['run', 'documentation']),
});
export type RuntimeInstallation = z.infer<typeof runtimeInstallationSchema>;

/** One bind: `source` on the host appears at `destination` in the container. */
export const bindSchema = z.object({
  source: hostPathSchema,
  destination: z.string().min(1).startsWith('/'),
  isReadOnly: z.boolean(),
});
export type Bind = z.infer<typeof bindSchema>;

/** An overlay of a run: an ext3 image, a squashfs image (read-only always), or a folder. */
export const overlayUseSchema = z.object({ path: hostPathSchema, isReadOnly: z.boolean() });
export type OverlayUse = z.infer<typeof overlayUseSchema>;

/** How much of the host enters: as the runtime does by default, clean (no home, no environment), sealed (nothing). */
export const isolationSchema = z.enum(['host', 'clean', 'sealed']);
export type Isolation = z.infer<typeof isolationSchema>;

/** The options of shell, run and exec. */
export const actionOptionsSchema = z.object({
  binds: z.array(bindSchema).max(64),
  environment: z
    .array(z.object({ name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value: z.string().max(32_768) }))
    .max(256),
  gpu: z.enum(['none', 'nvidia', 'rocm']),
  isWritableTmpfs: z.boolean(),
  isolation: isolationSchema,
  /** In order, the first one at the bottom; one of them at most can be written. Older inputs have none. */
  overlays: z.array(overlayUseSchema).max(16).optional(),
});
export type ActionOptions = z.infer<typeof actionOptionsSchema>;

export const defaultActionOptions: ActionOptions = {
  binds: [],
  environment: [],
  gpu: 'none',
  isWritableTmpfs: false,
  isolation: 'host',
};

export const actionVerbSchema = z.enum(['shell', 'run', 'exec']);
export type ActionVerb = z.infer<typeof actionVerbSchema>;

/** One thing that enters a container from the host, for the isolation panel. */
export const hostEntrySchema = z.object({
  kind: z.enum([
    'workspace',
    'home',
    'packages',
    'folder',
    'environment',
    'devices',
    'processes',
    'network',
    'gpu',
  ]),
  enters: z.boolean(),
  text: z.string(),
});
export type HostEntry = z.infer<typeof hostEntrySchema>;
