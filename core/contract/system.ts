import { z } from 'zod';
import { procedure } from './errors.ts';

/** What this door can do: the page asks for these, never whether it runs in Electron. */
export const capabilitySchema = z.enum([
  'nativeDialogs',
  'nativeNotifications',
  'nativeMenu',
  'openExternal',
  'revealFile',
]);
export type Capability = z.infer<typeof capabilitySchema>;

export const systemContract = {
  about: procedure.output(
    z.object({
      version: z.string(),
      door: z.enum(['electron', 'loopback']),
      capabilities: z.array(capabilitySchema),
      platform: z.string(),
      nodeVersion: z.string(),
    }),
  ),
  /** Local work that would end with the window: what a closing window asks about. */
  runningWork: procedure.output(z.object({ tasks: z.number().int(), terminals: z.number().int() })),
};
