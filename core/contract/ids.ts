import { z } from 'zod';

/** Name of a host as the workbench knows it: `local`, or an ssh host's alias. */
export const hostIdSchema = z.string().min(1).max(128).brand<'HostId'>();
export type HostId = z.infer<typeof hostIdSchema>;

export const taskIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{8,64}$/)
  .brand<'TaskId'>();
export type TaskId = z.infer<typeof taskIdSchema>;

export const terminalIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{8,64}$/)
  .brand<'TerminalId'>();
export type TerminalId = z.infer<typeof terminalIdSchema>;

/** Name of a registry in the person's list. */
export const registryIdSchema = z.string().min(1).max(128).brand<'RegistryId'>();
export type RegistryId = z.infer<typeof registryIdSchema>;

/** A workspace wherever it lies: copies by pack, adopt and sync have ids of their own, and tell their lineage. */
export const workspaceIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{8,64}$/)
  .brand<'WorkspaceId'>();
export type WorkspaceId = z.infer<typeof workspaceIdSchema>;

/** The machine on which core runs. */
export const localHostId: HostId = hostIdSchema.parse('local');
