import { oc } from '@orpc/contract';
import { z } from 'zod';
import { hostIdSchema } from './ids.ts';

/**
 * Every failure that the workbench can name. Codes are permanent: scripts and site rules depend on them.
 * The catalogue in `core/errors` turns each into words.
 */
export const errorCodes = [
  'host.commandMissing',
  'host.pathMissing',
  'host.permissionDenied',
  'host.notADirectory',
  'host.sshMissing',
  'host.nameUnknown',
  'host.connectionRefused',
  'host.timeout',
  'host.authenticationFailed',
  'host.promptCancelled',
  'host.promptImpossible',
  'host.keyUnknown',
  'host.keyChanged',
  'host.notConnected',
  'host.connectionLost',
  'host.tooManySessions',
  'host.loginShell',
  'host.sshFailed',
  'host.unknown',
  'runtime.missing',
  'runtime.tooOld',
  'runtime.userNamespacesBlocked',
  'runtime.fuseUnavailable',
  'runtime.bindSourceMissing',
  'runtime.commandNotFound',
  'runtime.optionRefused',
  'runtime.rootLacksCapability',
  'runtime.fakerootUnavailable',
  'runtime.failed',
  'image.missing',
  'image.notAnImage',
  'image.truncated',
  'image.hostileHeader',
  'image.wrongArchitecture',
  'image.nothingForArchitecture',
  'image.targetExists',
  'image.busy',
  'image.encrypted',
  'image.archiveDamaged',
  'image.archiveHostile',
  'image.archiveHasNone',
  'image.archiveHasSeveral',
  'registry.badReference',
  'registry.unsupportedScheme',
  'registry.hostUnknown',
  'registry.connectionRefused',
  'registry.timeout',
  'registry.certificate',
  'registry.plainHttp',
  'registry.unauthorized',
  'registry.forbidden',
  'registry.notFound',
  'registry.rateLimited',
  'registry.serverError',
  'registry.protocol',
  'registry.digestMismatch',
  'registry.interrupted',
  'registry.notASif',
  'registry.unknown',
  'registry.cannotList',
  'registry.cannotSearch',
  'registry.uploadRefused',
  'registry.notDeletable',
  'registry.tagTaken',
  'registry.noLibrary',
  'registry.clockDiffers',
  'registry.credentialHelper',
  'registry.keychain',
  'build.failed',
  'build.definition',
  'build.testFailed',
  'build.unknown',
  'disk.full',
  'disk.quota',
  'disk.readOnly',
  'trust.wrongPassphrase',
  'trust.keyUnknown',
  'trust.keyUnusable',
  'trust.noKey',
  'trust.ringDamaged',
  'trust.keyserver',
  'trust.cannotSign',
  'trust.cannotEncrypt',
  'trust.unsupported',
  'transfer.digestMismatch',
  'transfer.interrupted',
  'transfer.failed',
  'task.interrupted',
  'task.unknown',
  'task.onOtherNode',
  'terminal.unknown',
  'terminal.failed',
  'input.invalid',
  'input.changedOnDisk',
  'internal',
] as const;
export const errorCodeSchema = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** What one click can do about a failure. The page maps each kind to a command of its registry. */
export const errorActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('retry') }),
  z.object({ kind: z.literal('signIn'), registry: z.string() }),
  z.object({ kind: z.literal('allowHttp') }),
  z.object({ kind: z.literal('overwrite') }),
  z.object({ kind: z.literal('chooseFolder') }),
  z.object({ kind: z.literal('freeSpace') }),
  z.object({ kind: z.literal('installRuntime') }),
  z.object({ kind: z.literal('openSettings') }),
  z.object({ kind: z.literal('connect'), host: z.string() }),
  z.object({ kind: z.literal('editHost'), host: z.string() }),
]);
export type ErrorAction = z.infer<typeof errorActionSchema>;

/** A failure as data: what happened, why, what to do, and the raw evidence. Secrets are masked before this. */
export const errorReportSchema = z.object({
  code: errorCodeSchema,
  /** One line: what happened. */
  title: z.string(),
  /** One or two sentences: why. */
  cause: z.string(),
  /** What to do next, in words. */
  nextStep: z.string(),
  action: errorActionSchema.nullable(),
  /** Facts by name: sizes, paths, names, seconds to wait. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  hostId: hostIdSchema.nullable(),
  /** The command that failed, masked. */
  command: z.string().nullable(),
  /** Last output of it, at most 16 KiB. */
  evidence: z.string().nullable(),
  exitStatus: z.number().int().nullable(),
});
export type ErrorReport = z.infer<typeof errorReportSchema>;

/** The base of every procedure: each may fail with a report. */
export const procedure = oc.errors({ WORKBENCH: { status: 422, data: errorReportSchema } });
