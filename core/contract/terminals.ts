import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema, terminalIdSchema } from './ids.ts';
import { actionInputSchema } from './images.ts';
import { oneInstanceSchema } from './instances.ts';
import { passphraseSchema } from './passphrase.ts';
import { sandboxShellSchema } from './sandboxes.ts';

export const terminalSizeSchema = z.object({
  columns: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(500),
});
export type TerminalSize = z.infer<typeof terminalSizeSchema>;

/** What a terminal runs. `install` types the distribution's own install command, and lets the person press Enter. */
export const terminalSubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hostShell'), hostId: hostIdSchema, folder: hostPathSchema.nullable() }),
  z.object({ kind: z.literal('container'), action: actionInputSchema }),
  z.object({ kind: z.literal('install'), hostId: hostIdSchema }),
  z.object({ kind: z.literal('sandbox'), shell: sandboxShellSchema }),
  z.object({ kind: z.literal('instance'), instance: oneInstanceSchema }),
]);
export type TerminalSubject = z.infer<typeof terminalSubjectSchema>;

/** A terminal that a task opened for the person, such as a build's that asks for a password. */
const taskSubjectSchema = z.object({ kind: z.literal('task'), hostId: hostIdSchema, taskId: taskIdSchema });

export const terminalSchema = z.object({
  id: terminalIdSchema,
  hostId: hostIdSchema,
  /** `tiny @ local` */
  title: z.string(),
  subject: z.discriminatedUnion('kind', [...terminalSubjectSchema.options, taskSubjectSchema]),
  /** The command line, masked. */
  command: z.string(),
  startedAt: z.number(),
  /** Null while it runs. `signal` is set where a signal ended it. */
  ended: z
    .object({ at: z.number(), exitStatus: z.number().int().nullable(), signal: z.string().nullable() })
    .nullable(),
});
export type Terminal = z.infer<typeof terminalSchema>;

export const terminalsContract = {
  watch: procedure.output(eventIterator(z.object({ terminals: z.array(terminalSchema) }))),
  open: procedure
    .input(
      z.object({
        subject: terminalSubjectSchema,
        size: terminalSizeSchema,
        /** Opens the image of a container that says so in `opensWith`. Used once, never stored, never shown. */
        passphrase: passphraseSchema.optional(),
      }),
    )
    .output(terminalSchema),
  rename: procedure
    .input(z.object({ id: terminalIdSchema, title: z.string().min(1).max(200) }))
    .output(z.object({})),
  /** Ends what runs in it (hang-up, then kill) and forgets it. */
  close: procedure.input(z.object({ id: terminalIdSchema })).output(z.object({})),
};

/**
 * The byte channel of a terminal (its own WebSocket at `/terminal/<id>`, or its own MessagePort), beside the RPC.
 * Binary messages are output (core → page) or input (page → core). Text messages are these, as JSON.
 * Core sends `snapshot` first (the screen as escape sequences, then live bytes), stops above 2 MiB unacknowledged
 * and goes on below 512 KiB; the page acknowledges what xterm.js has parsed.
 */
export type TerminalToPage =
  | { readonly type: 'snapshot'; readonly size: TerminalSize; readonly data: string }
  | { readonly type: 'ended'; readonly exitStatus: number | null; readonly signal: string | null }
  | { readonly type: 'gone' };
export type TerminalToCore =
  | { readonly type: 'attach'; readonly size: TerminalSize }
  | { readonly type: 'resize'; readonly size: TerminalSize }
  | { readonly type: 'acknowledge'; readonly bytes: number };
export const terminalToCoreSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attach'), size: terminalSizeSchema }),
  z.object({ type: z.literal('resize'), size: terminalSizeSchema }),
  z.object({ type: z.literal('acknowledge'), bytes: z.number().int().nonnegative() }),
]);
