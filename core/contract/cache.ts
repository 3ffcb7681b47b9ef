import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';

/** The store of layers that pulls share. */
export const cacheUsageSchema = z.object({
  path: hostPathSchema,
  layers: z.number().int(),
  usedBytes: z.number(),
  /** Half-fetched layers that a later pull would continue. */
  partialBytes: z.number(),
  capBytes: z.number(),
});
export type CacheUsage = z.infer<typeof cacheUsageSchema>;

export const cleanPlanSchema = z.object({
  entries: z.array(
    z.object({ digest: z.string(), sizeBytes: z.number(), lastUsedAt: z.number(), isPartial: z.boolean() }),
  ),
  freesBytes: z.number(),
  isDone: z.boolean(),
});
export type CleanPlan = z.infer<typeof cleanPlanSchema>;

export const cacheContract = {
  usage: procedure.output(cacheUsageSchema),
  /** With `isDryRun` only says what would go. `keepDays` keeps what was used within that many days. */
  clean: procedure
    .input(z.object({ isDryRun: z.boolean(), keepDays: z.number().nonnegative() }))
    .output(cleanPlanSchema),
};
