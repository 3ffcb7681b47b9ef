import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema } from './ids.ts';
import { runtimeInstallationSchema } from './runtime.ts';

export const hostFactsSchema = z.object({
  /** OCI name of the processor: amd64, arm64, … */
  architecture: z.string(),
  operatingSystem: z.string(),
  kernel: z.string(),
  userName: z.string(),
  uid: z.number().int(),
  homeFolder: hostPathSchema,
  runtimes: z.array(runtimeInstallationSchema),
  /** How containers get their rights here: `user namespaces, subuid fakeroot`. */
  privilege: z.string(),
  /** Free bytes where the first image folder lives; null when unknown. */
  freeBytes: z.number().nullable(),
  checkedAt: z.number(),
  durationMs: z.number(),
});
export type HostFacts = z.infer<typeof hostFactsSchema>;

/** A verdict is a sentence a person would say, the fact behind it, and one line that mends it. */
export const verdictSchema = z.object({
  id: z.string(),
  level: z.enum(['works', 'risk', 'blocked']),
  sentence: z.string(),
  fact: z.string(),
  fix: z.object({ command: z.string(), who: z.enum(['you', 'administrator']) }).nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const hostSchema = z.object({
  id: hostIdSchema,
  label: z.string(),
  kind: z.enum(['local', 'ssh']),
  /** Index of the host's colour token: 0 is the local machine's. */
  colour: z.number().int().min(0).max(4),
  state: z.enum(['checking', 'ready', 'noRuntime']),
  facts: hostFactsSchema.nullable(),
});
export type Host = z.infer<typeof hostSchema>;

/** How to get a runtime on this distribution. */
export const installAdviceSchema = z.object({
  distribution: z.string(),
  /** Null where no packaged runtime is known. */
  commands: z.array(z.string()).nullable(),
  note: z.string(),
  link: z.string(),
});
export type InstallAdvice = z.infer<typeof installAdviceSchema>;

export const hostsContract = {
  watch: procedure.output(eventIterator(z.object({ hosts: z.array(hostSchema) }))),
  /** Probes again and answers when done. */
  check: procedure.input(z.object({ hostId: hostIdSchema })).output(hostSchema),
  doctor: procedure
    .input(z.object({ hostId: hostIdSchema }))
    .output(z.object({ verdicts: z.array(verdictSchema) })),
  installAdvice: procedure.input(z.object({ hostId: hostIdSchema })).output(installAdviceSchema),
  /** Names in a folder, for path fields: folders first. At most 500. */
  browse: procedure.input(z.object({ hostId: hostIdSchema, folder: hostPathSchema })).output(
    z.object({
      folder: hostPathSchema,
      parent: hostPathSchema.nullable(),
      entries: z.array(z.object({ name: hostPathSchema, isFolder: z.boolean() })),
      isCut: z.boolean(),
    }),
  ),
};
