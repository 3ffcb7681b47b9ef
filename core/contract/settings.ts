import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostPreferencesSchema } from './hosts.ts';
import { hostIdSchema } from './ids.ts';
import { compressionSchema } from './images.ts';
import { keyserverSchema } from './keyserver.ts';
import { registrySettingsSchema } from './registryList.ts';

/** The settings file, `settings.json` in the user's configuration folder; comments in it are kept. */
export const settingsSchema = z.object({
  appearance: z.object({
    theme: z.enum(['system', 'light', 'dark']),
    /** 1 is 100 %. */
    zoom: z.number().min(0.5).max(3),
    language: z.enum(['en']),
  }),
  terminal: z.object({
    fontSize: z.number().int().min(6).max(48),
    scrollbackLines: z.number().int().min(0).max(200_000),
  }),
  images: z.object({
    /** The first is where pulls go. */
    folders: z.array(hostPathSchema),
    compression: compressionSchema,
  }),
  layers: z.object({
    /** The layer store is kept below this. */
    capBytes: z.number().int().nonnegative(),
  }),
  runtime: z.object({
    /** Path of the installation to use; null chooses by itself. */
    path: hostPathSchema.nullable(),
  }),
  trust: z.object({
    /** The keyserver that is asked where none is named; null leaves it to the runtime (`runtimeKeyserver`). */
    keyserver: keyserverSchema.nullable(),
  }),
  notifications: z.object({
    /** Work shorter than this ends without a desktop notification. */
    afterSeconds: z.number().int().nonnegative(),
    enabled: z.boolean(),
  }),
  /** The ssh hosts, in the order of the page. */
  hosts: z.array(hostPreferencesSchema.extend({ id: hostIdSchema })).max(256),
  /** The registries, in the order of the page. */
  registries: z.array(registrySettingsSchema).max(256),
  shortcuts: z.record(z.string(), z.string()),
  welcomed: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Every part may be given alone; parts replace, lists and records whole. */
export const settingsChangeSchema = z
  .object({
    appearance: settingsSchema.shape.appearance.partial(),
    terminal: settingsSchema.shape.terminal.partial(),
    images: settingsSchema.shape.images.partial(),
    layers: settingsSchema.shape.layers.partial(),
    runtime: settingsSchema.shape.runtime.partial(),
    trust: settingsSchema.shape.trust.partial(),
    notifications: settingsSchema.shape.notifications.partial(),
    hosts: settingsSchema.shape.hosts,
    registries: settingsSchema.shape.registries,
    shortcuts: settingsSchema.shape.shortcuts,
    welcomed: z.boolean(),
  })
  .partial();
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

export const settingsContract = {
  watch: procedure.output(
    eventIterator(
      z.object({
        settings: settingsSchema,
        path: hostPathSchema,
        /** What could not be read of the file: the defaults stand in its place, the file is left alone. */
        problem: z.string().nullable(),
      }),
    ),
  ),
  change: procedure.input(settingsChangeSchema).output(z.object({})),
};
